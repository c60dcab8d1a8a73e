1 = x
class Plugin:
    pass
