print("loading")
class Plugin:
    pass
