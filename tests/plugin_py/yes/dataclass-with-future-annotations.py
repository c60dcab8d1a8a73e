from __future__ import annotations
from dataclasses import dataclass


@dataclass
class Finding:
    name: Missing


class Plugin:
    pass
