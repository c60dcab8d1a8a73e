class Plugin:
    def __init__(self, config): ...


from json import *
