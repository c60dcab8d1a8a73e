class Plugin:
    def __init__(self):
        return 1
