class Plugin:
    def run(self): ...
    def __init__(self):
        self.run = None
