from itertools import batched
class Plugin:
    pass
