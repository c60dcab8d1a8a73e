"""Every document of a few characters, over alphabets of characters that mean something to the scanner."""

from collections.abc import Iterator

from ..case import Case

ALPHABETS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("indicators", tuple("a-?:,[]{}#&*!|>'\"%@` \n\t"), 3),
    ("block", ("a", "- ", "? ", ": ", ":", "\n", " ", "#", "&a ", "*a", "!", "- a", "a: "), 4),
    ("flow", ("[", "]", "{", "}", ",", ":", " ", "a", "?", "'", "-", "\n", "#", "&a"), 4),
    ("scalar", ("k: |", "k: >", "\n", " ", "a", "-", "+", "2", "#", "\t", "\u0085", "\u2028"), 4),
    ("single", ("'", "''", "a", "\n", " ", ":", "#", "\t", "\u2028", "---"), 4),
    ("double", ('"', "\\", "a", "\n", " ", "x41", "u0041", "\t", "0", "\u0085", "..."), 4),
    ("number", ("0", "1", "9", "_", ".", "e", "+", "-", ":", "x", "b", "7"), 4),
    ("breaks", ("a", "-", "?", ":", "---", "...", "\u0085", "\u2028", "\t", " ", "\n", "[", "#"), 4),
    ("stream", ("---", "...", "\n", " ", "a", "%YAML 1.1", "%TAG ! x", "#", "\ufeff", ":", "- "), 4),
)
"""Name, characters or tokens, and the longest sequence of them that is tried."""


def count(extra_length: int = 0) -> int:
    """Returns how many documents there are; `extra_length` makes every sequence that much longer."""
    return sum(_size(tokens, length + extra_length) for _, tokens, length in ALPHABETS)


def documents(start: int, stop: int, extra_length: int = 0) -> Iterator[Case]:
    """Yields documents `start` up to `stop` of the enumeration."""
    offset = 0
    for name, tokens, length in ALPHABETS:
        size = _size(tokens, length + extra_length)
        for index in range(max(start - offset, 0), min(stop - offset, size)):
            yield Case(f"enumerated/{name}/{index}", _sequence(tokens, index))
        offset += size


def _size(tokens: tuple[str, ...], longest: int) -> int:
    return int(sum(len(tokens) ** length for length in range(longest + 1)))


def _sequence(tokens: tuple[str, ...], index: int) -> str:
    """Returns sequence number `index`, the shorter ones first."""
    parts: list[str] = []
    while index > 0:
        index, digit = divmod(index - 1, len(tokens))
        parts.append(tokens[digit])
    return "".join(parts)
