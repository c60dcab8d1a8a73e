RATIO = 1 / 0
class Plugin:
    pass
