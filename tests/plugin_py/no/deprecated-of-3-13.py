from warnings import deprecated
class Plugin:
    pass
