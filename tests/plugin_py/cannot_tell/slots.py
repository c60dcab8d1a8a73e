class Plugin:
    __slots__ = ("a",)
    def __init__(self):
        self.b = 1
