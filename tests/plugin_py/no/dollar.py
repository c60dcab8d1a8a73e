x = $HOME
class Plugin:
    pass
