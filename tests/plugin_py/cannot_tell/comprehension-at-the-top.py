X = [x for x in range(3)]
class Plugin:
    pass
