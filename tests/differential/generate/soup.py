"""Token soup: sequences that no author would write, for the scanner and the parser."""

import random

TOKENS: tuple[str, ...] = (
    "a", "b", "k", "1", "~", "é", "😀", "a b", "a:b", "a#b", "-1", "0x1", "x-y", "\n", "\n", "\n", "\n ", "\n  ",
    "\n    ", "\n\n", " ", " ", "  ", "\t", "- ", "- ", "-", "? ", "?", ": ", ": ", ":", "a: ", "b: ", "k: ", "- a",
    "a:", ",", ", ", "[", "]", "{", "}", "[]", "{}", "[a]", "{a: b}", "#", " #", " # c\n", "&a ", "&a", "&b ", "*a",
    "*a ", "*b", "* ", "& ", "!", "! ", "!!str ", "!!int ", "!!null ", "!!map ", "!!seq ", "!a ", "!<!a> ",
    "!<tag:yaml.org,2002:str> ", "!!", "|", ">", "|\n", ">\n", "|-\n", ">+\n", "|2\n", ">1-\n", "|0\n", "| #c\n",
    "|a", "'", "''", "'a'", "'a b'", '"', '""', '"a"', '"a\\\n', '\\"', "\\", '"\\x41"', "\\u", "'\n", "%",
    "%YAML 1.1\n", "%TAG !e! tag:e,1:\n", "%FOO\n", "@", "`", "---", "...", "--- ", "\n---\n", "\n...\n", "\n--- ",
    "<<", "<<: ", "<<: *a", "=", "=: ", "\u0085", "\u2028", "\u2029", "\ufeff", "\xa0", "\u200b", "\x85", "\ud7ff",
)  # fmt: skip

ALPHABETS: tuple[str, ...] = (
    "a-:? \n", "a-:? \n#&*!", "ab:,[]{} \n", "a:,[]{}?'\"\n -", "|>\n a-+12#:\t", "\"\\\n a\tux0'", "'\n a:#",
    "k: \n-~1.0", "%-.\n aYAML1.", "!<>a:%41,/ ", "&*a-_ \n:,]", "a\u0085\u2028\u2029\n :-'\"|>", "\ufeffa:\n -#",
    "\ta: \n-?[]", "01_.:-+eExbo",
)  # fmt: skip

LINES: tuple[str, ...] = (
    "%YAML 1.1", "%YAML 1.2", "%YAML 2.0", "%YAML 1", "%YAML 1.", "%YAML  1.1 # c", "%YAML 1.1 x", "%YAML 1.01",
    "%TAG ! tag:e,1:", "%TAG !! tag:e,1:", "%TAG !e! tag:yaml.org,2002:", "%TAG !e tag:e", "%TAG e! x",
    "%TAG !e! tag:e # c", "%TAG !e!", "%TAG", "%YAML", "%", "% a", "%FOO bar # c", "%FOO", " %YAML 1.1", "---",
    "---", "--- a", "--- # c", "---a", "----", "--- |", "--- >", "--- !!map", "--- &a", "---\t", "--- - a", "...",
    "...", "... # c", "... a", "...a", "a: 1", "- 1", "b", "!e!str 1", "!!str 1", "!e!int '2'", "!a b", "", "# c",
    "\ufeff", "\ufeff---", "\ufeff# c", "\ufeffa: 1", "'a", "'", "\"a\n---\n\"", "? a", "[a,", "]", "*a",
)  # fmt: skip


def tokens(rng: random.Random) -> str:
    """Makes a handful of tokens in any order."""
    return "".join(rng.choices(TOKENS, k=rng.randint(2, 14)))


def characters(rng: random.Random) -> str:
    """Makes a few characters of one small alphabet, sometimes behind a key."""
    text = "".join(rng.choices(rng.choice(ALPHABETS), k=rng.randint(2, 16)))
    return rng.choice(("", "", "k: ", "- ", "? ", "k:\n  ", "[", "{a: ", "k: |\n", 'k: "', "k: '")) + text


def stream(rng: random.Random) -> str:
    """Makes directives, document markers and little else."""
    lines = rng.choices(LINES, k=rng.randint(1, 6))
    return "\n".join(lines) + rng.choice(("", "\n"))
