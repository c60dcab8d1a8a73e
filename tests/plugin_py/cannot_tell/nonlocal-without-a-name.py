class Plugin:
    def run(self):
        nonlocal x
