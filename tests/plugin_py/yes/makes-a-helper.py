class Cache:
    def __init__(self, size=10):
        self.size = size


class Plugin:
    def __init__(self):
        self.cache = Cache()
