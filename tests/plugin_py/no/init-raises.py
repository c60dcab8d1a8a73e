class Plugin:
    def __init__(self):
        raise NotImplementedError
