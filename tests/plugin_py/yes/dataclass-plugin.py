from dataclasses import dataclass


@dataclass
class Plugin:
    retries: int = 3
