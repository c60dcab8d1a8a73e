class Base:
    def __init__(self, config): ...


def fix():
    global Base
    Base = object


fix()


class Plugin(Base): ...
