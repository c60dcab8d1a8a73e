class Plugin:
    def run(self): f(a=1, a=2)
