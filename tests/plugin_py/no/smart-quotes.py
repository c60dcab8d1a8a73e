x = “a”
class Plugin:
    pass
