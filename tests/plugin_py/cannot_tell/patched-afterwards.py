class Plugin:
    def __init__(self, config): ...


def fix(cls):
    cls.__init__ = object.__init__


fix(Plugin)
