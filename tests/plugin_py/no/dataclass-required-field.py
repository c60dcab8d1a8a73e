from dataclasses import dataclass


@dataclass
class Plugin:
    key: str
    retries: int = 3
