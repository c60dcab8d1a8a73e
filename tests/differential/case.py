"""One document to compare, and where it came from."""

from dataclasses import dataclass

from reference.model import Format


@dataclass(frozen=True, slots=True)
class Case:
    """A document, how to read it, and a name from which it can be made again.

    `manifest` asks for the loader's view: the root must be a mapping, and top-level `signature` and `trust` are
    dropped before writing. Without it the whole value is written, whatever its type.
    """

    name: str
    text: str
    format: Format = "yaml"
    manifest: bool = False

    def with_text(self, text: str) -> "Case":
        """Returns the same case with another text, as shrinking needs it."""
        return Case(self.name, text, self.format, self.manifest)
