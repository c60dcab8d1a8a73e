from typing import TypedDict


class Plugin:
    Kind = int
    class Row(TypedDict):
        kind: Kind
