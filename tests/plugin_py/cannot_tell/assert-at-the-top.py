assert True
class Plugin:
    pass
