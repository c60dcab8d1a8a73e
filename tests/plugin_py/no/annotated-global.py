def f():
    global x
    x: int = 1
class Plugin:
    pass
