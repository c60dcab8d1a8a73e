class Plugin:
    pass
