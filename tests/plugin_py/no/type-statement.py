type Pair = tuple[int, int]
class Plugin:
    pass
