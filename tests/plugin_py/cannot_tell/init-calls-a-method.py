class Plugin:
    def __init__(self):
        self.setup()
    def setup(self): ...
