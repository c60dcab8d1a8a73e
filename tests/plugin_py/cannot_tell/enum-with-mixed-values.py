from enum import IntEnum


class A(IntEnum):
    X = "x"


class Plugin:
    pass
