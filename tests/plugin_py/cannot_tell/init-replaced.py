class Plugin:
    def __init__(self, config): ...


Plugin.__init__ = lambda self: None
