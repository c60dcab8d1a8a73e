class Plugin:
    def run(self):
        *a, *b = c
