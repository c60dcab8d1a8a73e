import acme


class Plugin:
    x: acme.X = 1
    def run(self): ...
    go = run
