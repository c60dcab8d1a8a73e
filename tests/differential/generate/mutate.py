"""Small damage to documents: by character, by line, by token and by indentation."""

import random
from functools import cache
from pathlib import Path

from .soup import TOKENS

MANIFESTS = Path(__file__).resolve().parents[2] / "data" / "manifests"

CHARACTERS = "-?:,[]{}#&*!|>'\"%@` \n\tabyn019_.e+~<=\\\u0085\u2028\ufeffé😀"


@cache
def manifests() -> tuple[str, ...]:
    """Reads the real manifests that the repository keeps, in name order."""
    texts = tuple(path.read_text(encoding="utf-8") for path in sorted(MANIFESTS.glob("*.yaml")))
    if not texts:
        raise FileNotFoundError(f"no manifests in {MANIFESTS}")
    return texts


def manifest_excerpt(rng: random.Random) -> str:
    """Takes a few lines of a real manifest and damages them once or twice."""
    text = excerpt(rng, rng.choice(manifests()))
    for _ in range(rng.choice((0, 1, 1, 1, 2))):
        text = mutated(rng, text)
    return text


def excerpt(rng: random.Random, text: str) -> str:
    """Takes neighbouring lines of a text, moved to the left margin."""
    lines = text.split("\n")
    start = rng.randrange(len(lines))
    chosen = lines[start : start + rng.randint(1, 6)]
    margin = len(chosen[0]) - len(chosen[0].lstrip(" "))
    return "\n".join(line[margin:] if line[:margin].isspace() else line for line in chosen)[:400]


def mutated(rng: random.Random, text: str) -> str:
    """Returns the text with one change."""
    return rng.choice(
        (_character, _character, _separator, _token, _token, _line, _indentation, _duplicate, _cut, _swap, _style)
    )(rng, text)


def _character(rng: random.Random, text: str) -> str:
    at = rng.randint(0, len(text))
    character = rng.choice(CHARACTERS)
    return rng.choice(
        (
            text[:at] + character + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + character + text[at + 1 :],
        )
    )


def _separator(rng: random.Random, text: str) -> str:
    """Replaces white space by white space that counts for something else."""
    places = [index for index, character in enumerate(text) if character in " \n"]
    if not places:
        return text
    at = rng.choice(places)
    return text[:at] + rng.choice("\t\t\u0085\u0085\u2028\u2029\xa0\r\ufeff \n") + text[at + 1 :]


def _token(rng: random.Random, text: str) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(TOKENS) + text[at:]


def _line(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    change = rng.randrange(4)
    if change == 0:
        del lines[at]
    elif change == 1:
        lines.insert(
            at,
            rng.choice(("", " ", "# c", "  # c", "- x", "k: v", "  k: v", "---", "...", "\t", "&a", "!!str")),
        )
    elif change == 2:
        lines[at] += rng.choice((" ", " # c", ":", " |", " >", "\t", ",", " &a", "#"))
    else:
        lines[at] = (
            rng.choice(("- ", "? ", ": ", "# ", "&a ", "!!str ", "'", '"', "! ", "*a ", "[", "{", "%", " ")) + lines[at]
        )
    return "\n".join(lines)


def _indentation(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    for index in range(at, min(len(lines), at + rng.choice((1, 1, 2, 99)))):
        lines[index] = rng.choice(
            (
                " " + lines[index],
                "  " + lines[index],
                lines[index][1:],
                lines[index].lstrip(" "),
                "\t" + lines[index],
            )
        )
    return "\n".join(lines)


def _duplicate(rng: random.Random, text: str) -> str:
    start = rng.randint(0, len(text))
    stop = min(len(text), start + rng.randint(1, 20))
    at = rng.randint(0, len(text))
    return text[:at] + text[start:stop] + text[at:]


def _cut(rng: random.Random, text: str) -> str:
    start = rng.randint(0, len(text))
    return rng.choice((text[:start], text[start:], text[:start] + text[start + rng.randint(1, 12) :]))


def _swap(rng: random.Random, text: str) -> str:
    if len(text) < 2:
        return text
    at = rng.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _style(rng: random.Random, text: str) -> str:
    """Puts a stretch of text in quotes, brackets or on lines of its own."""
    start = rng.randint(0, len(text))
    stop = min(len(text), start + rng.randint(0, 16))
    before, after = rng.choice(
        (
            ("'", "'"),
            ('"', '"'),
            ("[", "]"),
            ("{", "}"),
            ("\n", "\n"),
            ("|\n  ", "\n"),
            (">\n  ", "\n"),
            ("? ", "\n: "),
            ("&a ", " *a"),
        )
    )
    return text[:start] + before + text[start:stop] + after + text[stop:]
