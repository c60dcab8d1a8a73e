from enum import Enum, IntEnum, StrEnum


class A(Enum):
    LOW = "low"
    HIGH = "high"


class B(str, Enum):
    X = "x"


class C(IntEnum):
    ONE = 1
    UNO = 1


class D(StrEnum):
    Y = "y"
    def text(self): ...


class Plugin:
    level = A.LOW
    def run(self, level: A = A.HIGH): ...
