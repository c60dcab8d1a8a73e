# coding: no-such
class Plugin:
    pass
