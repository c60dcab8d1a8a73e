class Plugin:
    def __init__(self):
        yield 1
