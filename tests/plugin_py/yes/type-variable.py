from typing import TypeVar
T = TypeVar("T")


class Plugin:
    def run(self, x: T) -> list[T]: ...
