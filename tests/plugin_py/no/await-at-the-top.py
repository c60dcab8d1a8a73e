await x
class Plugin:
    pass
