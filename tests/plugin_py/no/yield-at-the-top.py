yield 1
class Plugin:
    pass
