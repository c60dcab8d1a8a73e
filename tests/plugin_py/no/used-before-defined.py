first = LIMIT
LIMIT = 3
class Plugin:
    pass
