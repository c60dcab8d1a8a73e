else:
    pass
class Plugin:
    pass
