f(a=1, 2)
class Plugin:
    pass
