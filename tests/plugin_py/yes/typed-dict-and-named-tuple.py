from typing import NamedTuple, TypedDict


class A(TypedDict):
    """Doc."""
    name: str
    tags: list[str]


class B(NamedTuple):
    name: str
    size: int | None


class Plugin:
    pass
