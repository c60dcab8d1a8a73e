class Plugin:
    pass


class Plugin:
    def __init__(self, config): ...
