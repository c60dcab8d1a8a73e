__annotations__ = 1
x: int = 2
class Plugin:
    pass
