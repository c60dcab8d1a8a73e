claſſ = 1
class Plugin:
    pass
