def super(): ...


class Plugin:
    def __init__(self):
        super().__init__()
