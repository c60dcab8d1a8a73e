# é
class Plugin:
    pass
