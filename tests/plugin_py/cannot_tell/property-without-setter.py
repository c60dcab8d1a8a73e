class Plugin:
    @property
    def client(self): ...
    def __init__(self):
        self.client = None
