class Plugin:
    def run(self):
        with (open("a") as a, open("b") as b):
            return a, b
