X = "x" * 10
class Plugin:
    pass
