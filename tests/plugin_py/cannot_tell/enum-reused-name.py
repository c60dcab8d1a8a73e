from enum import Enum


class A(Enum):
    X = 1
    X = 2


class Plugin:
    pass
