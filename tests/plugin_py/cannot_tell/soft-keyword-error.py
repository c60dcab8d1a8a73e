match x
class Plugin:
    pass
