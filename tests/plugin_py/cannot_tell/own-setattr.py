class Plugin:
    def __setattr__(self, name, value):
        raise TypeError
    def __init__(self):
        self.a = 1
