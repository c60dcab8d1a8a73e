x = (1,
class Plugin:
    pass
