def f():
    from os import *
class Plugin:
    pass
