class Base:
    def __init__(self, config): ...


class Plugin(Base):
    pass
