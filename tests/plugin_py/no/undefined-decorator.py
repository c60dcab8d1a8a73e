@missing
class Plugin:
    pass
