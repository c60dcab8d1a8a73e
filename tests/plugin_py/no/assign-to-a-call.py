f() = 1
class Plugin:
    pass
