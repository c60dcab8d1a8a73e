class Plugin:
    def __init__(self):
        self.x = missing_name
