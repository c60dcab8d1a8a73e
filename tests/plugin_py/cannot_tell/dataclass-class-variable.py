from dataclasses import dataclass
from typing import ClassVar as CV


@dataclass
class Plugin:
    x: CV[int]
