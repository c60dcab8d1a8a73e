class Base:
    def __init__(self, name="x"):
        self.name = name


class Middle(Base):
    pass


class Plugin(Middle):
    limit = 1
