class Plugin:
    def __init__(self, config): pass


class Plugin:
    pass
