for x in range(3):
    pass
class Plugin:
    pass
