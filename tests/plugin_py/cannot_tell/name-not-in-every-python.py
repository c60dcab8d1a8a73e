from os import startfile
class Plugin:
    pass
