class Plugin:
    def __init__(self, config=None):
        self.url = config["url"]
