"""One document to compare, and where it came from."""

from dataclasses import dataclass

from reference.model import Format


@dataclass(frozen=True, slots=True)
class Case:
    """A document, how to read it, and a name from which it can be made again.

    `manifest` asks for what the loader signs: the top-level keys `signature` and `trust` of a mapping are dropped
    before writing. That the root of a manifest must be a mapping is the publisher's rule, not the reader's.
    """

    name: str
    text: str
    format: Format = "yaml"
    manifest: bool = False

    def with_text(self, text: str) -> "Case":
        """Returns the same case with another text, as shrinking needs it."""
        return Case(self.name, text, self.format, self.manifest)
