for x in []:
    def f():
        break
class Plugin:
    pass
