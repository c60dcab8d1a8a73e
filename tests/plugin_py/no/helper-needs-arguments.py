class Cache:
    def __init__(self, size): ...


class Plugin:
    def __init__(self):
        self.cache = Cache()
