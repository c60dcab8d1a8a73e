class Plugin:
    def __init__(self):
        self.other = Plugin()
