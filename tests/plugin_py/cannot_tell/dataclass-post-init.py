from dataclasses import dataclass


@dataclass
class Plugin:
    x: int = 1
    def __post_init__(self):
        raise ValueError
