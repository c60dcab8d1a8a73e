TEXT = open("x").read()
class Plugin:
    pass
