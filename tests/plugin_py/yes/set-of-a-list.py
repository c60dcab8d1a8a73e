KINDS = frozenset(["ip", "domain"])
MORE = set()
EMPTY = dict(a=1)
class Plugin:
    pass
