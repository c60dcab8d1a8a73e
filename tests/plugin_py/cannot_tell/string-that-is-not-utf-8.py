x = "é"
class Plugin:
    pass
