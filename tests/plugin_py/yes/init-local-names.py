class Plugin:
    def __init__(self):
        limit = 3
        self.limit = limit
        self.twice = self.limit + limit
        return
