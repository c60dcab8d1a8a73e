"""Scalars over several lines: block, quoted and plain, with every way to indent, fold and end them."""

import random

HEADERS: tuple[str, ...] = (
    "|", ">", "|", ">", "|-", ">-", "|+", ">+", "|1", "|2", ">2", ">1", "|2-", "|-2", ">+1", ">1+",
)  # fmt: skip

ODD_HEADERS: tuple[str, ...] = (
    "|3", "|9", ">4-", "|0", "|10", "|--", "| # c", "|# c", "|2 # c", "|  ", ">\t", "|- ", "|a", "!!str |", "&a >",
    "! |", "!!int |", "&a !!str >-", "|-+", "|+-2", "|2x",
)  # fmt: skip

PARENTS: tuple[str, ...] = (
    "k: {}", "- {}", "{}", "--- {}", "? {}", "a:\n  b: {}", "- - {}", "a:\n - {}", "k: {}", "- k: {}", "? a\n: {}",
    "  k: {}",
)  # fmt: skip

CONTENT: tuple[str, ...] = ("a", "b c", "- d", "k: v", "x ", " y", "a", "", "", "", "'", "é", "a #b")

ODD_CONTENT: tuple[str, ...] = (
    "# e", " ", '"', "---", "...", "\ta", "a\t", "\t", "%a", "a:", "😀", "a\xa0", "\ufeff", "!", "[", "12", "@", "*x",
    "? a",
)  # fmt: skip

BREAKS: tuple[str, ...] = ("\n",) * 16 + (
    "\n\n",
    "\n\n\n",
    "\n \n",
    "\n   \n",
    "\u0085",
    "\u2028",
    "\u2029",
    "\n\t\n",
)

ESCAPES: tuple[str, ...] = (
    "\\0", "\\a", "\\b", "\\t", "\\\t", "\\n", "\\v", "\\f", "\\r", "\\e", "\\ ", '\\"', "\\/", "\\\\", "\\N", "\\_",
    "\\L", "\\P", "\\x41", "\\xfF", "\\u0041", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "\\udc00", "\\uFFFF",
    "\\U0001F600", "\\U0000d800", "\\\n", "\\\n  ", " \\\n\n \\ ", "\\\u2028", "\\\u0085", "\\U0010FFFF", "\\u00a0",
    "\\x00", "\\x7f", "\\x85", "\\u2028",
)  # fmt: skip

BAD_ESCAPES: tuple[str, ...] = (
    "\\x4", "\\xg0", "\\u12", "\\U00110000", "\\Uffffffff", "\\q", "\\'", "\\1", "\\+", "\\u+041", "\\u 041",
    "\\x_1", "\\u00_1", "\\X41",
)  # fmt: skip


WORDS: tuple[str, ...] = (
    "a", "b", "c d", "1", "-", "- e", ":", ":f", "g:", "#h", " #i", "?", "? j", "é", "%", "@", "`", "|", ">", "*",
    "&", "!", "'", '"', "[", "]", ",", "{",
)  # fmt: skip

GAPS: tuple[str, ...] = (
    " ", " ", "  ", "\n", "\n ", "\n  ", "\n\n  ", "\n \n  ", "\t", "\n\t", " \n ", "\u2028 ", "\u0085  ",
    "\n# c\n ", "\n--- ", "\n... ", "",
)  # fmt: skip


def block_scalar(rng: random.Random) -> str:
    """Makes a literal or folded scalar with any header, indentation and end."""
    if rng.random() < 0.15:
        return _counted(rng)
    text = rng.choice(PARENTS).format(rng.choice(HEADERS if rng.random() < 0.7 else ODD_HEADERS))
    base = rng.randint(0, 4)
    for _ in range(rng.randint(1, 5)):
        indent = max(0, base + rng.choice((0, 0, 0, 0, 1, 2, -1, -base)))
        text += rng.choice(BREAKS) + " " * indent + rng.choice(CONTENT if rng.random() < 0.75 else ODD_CONTENT)
    return text + rng.choice(
        (
            "",
            "\n",
            "\n",
            "\n\n",
            "\n \n",
            "\n# c",
            "\n # c\n",
            "\nz: 1",
            "\n- z",
            "\n...",
            "\n---\n",
            "\n  z: 1\n",
        )
    )


def _counted(rng: random.Random) -> str:
    """Makes a block scalar whose header says how far it is indented, about rightly."""
    count = rng.randint(1, 9)
    chomping = rng.choice(("", "-", "+"))
    marks = rng.choice((f"{count}{chomping}", f"{chomping}{count}")) + rng.choice(("", "", " # c"))
    lines = [" " * (count + rng.choice((0, 0, 0, 1, -1))) + rng.choice(CONTENT) for _ in range(rng.randint(1, 3))]
    return (
        f"{rng.choice(('', 'k: ', '- ', '--- '))}{rng.choice('|>')}{marks}\n"
        + "\n".join(lines)
        + rng.choice(("", "\n"))
    )


def quoted_scalar(rng: random.Random) -> str:
    """Makes a single- or double-quoted scalar with escapes, folds and blank lines."""
    double = rng.random() < 0.7
    pieces: tuple[str, ...] = (
        "a",
        "b",
        " ",
        "  ",
        "\n",
        "\n  ",
        "\n\n",
        " \n ",
        "\t",
        "é",
        "#",
        ": ",
        "- ",
        "\u2028",
        "\u0085",
        "---",
        "\n---",
        "\n... ",
    )
    if double and rng.random() < 0.1:
        pieces += BAD_ESCAPES
    pieces += ESCAPES if double else ("''", "''", '"', "\\")
    body = "".join(rng.choices(pieces, k=rng.randint(0, 7)))
    quote = '"' if double else "'"
    close = quote if rng.random() < 0.95 else ""
    after = rng.choice(("", "", "", "\n", " # c", "#c", ": 1", ":1", " : 1", " a", "\n a", ", b", "]", "\t"))
    before = rng.choice(("", "k: ", "- ", "[", "{", "{a: ", "k:\n ", "? ", "&a ", "!!str ", "k: ! ", "k: "))
    return before + quote + body + close + after


def plain_scalar(rng: random.Random) -> str:
    """Makes a plain scalar over several lines, in block or flow context."""
    text = rng.choice(
        (
            "",
            "k: ",
            "k:\n  ",
            "- ",
            "- - ",
            "[",
            "{",
            "{k: ",
            "? ",
            "  ",
            "a:\n  b: ",
            "&a ",
            "!!str ",
            "k: &a ",
        )
    )
    text += rng.choice(("a", "a", "b", "-x", ":x", "?x", "1", "é"))
    for _ in range(rng.randint(1, 5)):
        text += rng.choice(GAPS) + rng.choice(WORDS)
    return text + rng.choice(("", "", "\n", "]", "}", ": 1", "\nz: 1", "\n  z: 1", "\n- z", " # c"))
