from typing import Protocol


class Client(Protocol):
    def get(self, url: str) -> bytes: ...


class Plugin:
    pass
