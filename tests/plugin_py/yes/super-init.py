class Base:
    def __init__(self, name="x"):
        self.name = name


class Plugin(Base):
    def __init__(self):
        super().__init__()
        self.more = self.name
