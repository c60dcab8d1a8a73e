class Base:
    def __init__(self, config):
        self.config = config


class Plugin(Base):
    def __init__(self):
        self.config = None
