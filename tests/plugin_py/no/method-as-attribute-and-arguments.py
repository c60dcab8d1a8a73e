import acme


class Plugin:
    def run(self, x: acme.X): ...
    go = run
    def __init__(self, config): ...
