class Plugin:
    def __init__(self, config=None, /, retries=3, *, url="x"):
        """Keeps."""
        self.config = config
        self.retries = retries
        self.url = url
