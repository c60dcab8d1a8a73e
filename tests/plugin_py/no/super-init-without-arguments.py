class Base:
    def __init__(self, config): ...


class Plugin(Base):
    def __init__(self):
        super().__init__()
