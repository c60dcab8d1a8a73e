from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    name: str
    size: int = 0
    tags: list[str] = field(default_factory=list)
    def text(self): ...


class Plugin:
    def run(self) -> list[Finding]: ...
