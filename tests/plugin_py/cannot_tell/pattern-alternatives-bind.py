class Plugin:
    def run(self, x):
        match x:
            case [a] | (a, _): ...
