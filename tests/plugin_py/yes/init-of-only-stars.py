class Plugin:
    def __init__(self=None, *args):
        pass
