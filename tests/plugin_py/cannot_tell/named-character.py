X = "\N{BULLET}"
class Plugin:
    pass
