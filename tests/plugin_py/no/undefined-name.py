x = missing_name
class Plugin:
    pass
