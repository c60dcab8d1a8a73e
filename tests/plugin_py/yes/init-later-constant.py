class Plugin:
    def __init__(self):
        self.limit = LIMIT


LIMIT = 3
