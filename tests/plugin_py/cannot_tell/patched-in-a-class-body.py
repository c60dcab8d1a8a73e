class Base:
    def __init__(self, config): ...


class Other:
    type.__setattr__(Base, "__init__", object.__init__)


class Plugin(Base): ...
