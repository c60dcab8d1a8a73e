key = lambda item, default=1: item[missing]
class Plugin:
    pass
