class Plugin:
    def __init__(self):
        self.__key = None
