from enum import Enum


class Plugin(Enum):
    A = 1
