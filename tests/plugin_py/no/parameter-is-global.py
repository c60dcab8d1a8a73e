def f(a):
    global a
class Plugin:
    pass
