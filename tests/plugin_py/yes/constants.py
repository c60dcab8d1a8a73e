LIMIT = 24 * 60 * 60
RATIO = -1.5
NAMES = ("a", "b")
TABLE = {"a": [1, 2], ("b", 1): {"c"}}
X, Y = 1, "z"
A = B = None
TEXT = "a" + "b"
ALL = NAMES, TABLE
MORE = [1] + [2]
BIG = 0xFFFF_FFFF
RAW = rb"\d"
__version__ = "1.0"
__all__ = ["Plugin"]


class Plugin:
    limit = LIMIT
