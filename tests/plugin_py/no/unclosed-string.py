x = "abc
class Plugin:
    pass
