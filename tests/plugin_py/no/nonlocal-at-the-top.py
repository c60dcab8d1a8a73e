nonlocal x
class Plugin:
    pass
