class Plugin:
    def __bool__(self): raise ValueError
    def __init__(self):
        self.a = self or 1
