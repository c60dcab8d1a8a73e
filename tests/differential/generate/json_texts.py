"""JSON documents: valid ones in odd spellings, broken ones, and soup."""

import json
import random
from typing import Any

from .floats import written
from .values import value

TOKENS: tuple[str, ...] = (
    "{", "}", "[", "]", ",", ":", '"a"', '"b":', '""', '"', "1", "0", "-", "-0", "-0.0", "01", "1.", ".5", "1e5",
    "1E+5", "1e", "1e-", "+1", "1_0", "0x1", "1E400", "-1E400", "1e-400", "true", "false", "null", "True", "nul",
    "NaN", "Infinity", "-Infinity", "-NaN", "nan", "Inf", " ", "\n", "\t", "\r", "\xa0", "\x0b", "\x0c", "\u2028",
    "\ufeff", "\\", '"\\u0041"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00\\ud83d"', '"\\ud83d\\u0041"',
    '"\\ud83dx"', '"\\uD83D\\uDE0"', '"\\u00"', '"\\x41"', '"\\q"', '"\\/\\b\\f\\n\\r\\t\\""', '"\x01"', '"\x7f"',
    '"\t"', '"\n"', '"é😀\u2028"', "'a'", "//c", "/**/", "１", '"\\u+041"', '"\\u 041"', '"\\u004_"', '"\\U0041"',
    '"\\ud83d\\ud83d\\ude00"', '"\\u0000"', '"\\uFFFF"', "12345678901234567890", "1.0000000000000000000000001", "e5",
    "--1", "1.5.5", "1e5.5", "\x00", "١",
)  # fmt: skip


def document(rng: random.Random) -> str:
    """Makes JSON text from a random value, with odd white space, escapes and repeated keys."""
    return _write(rng, value(rng))


def tokens(rng: random.Random) -> str:
    """Makes JSON-like soup, often inside a list or an object."""
    soup = "".join(rng.choices(TOKENS, k=rng.randint(1, 5)))
    return rng.choice(
        (
            "{}",
            "[{}]",
            '{{"a":{}}}',
            "[1,{}]",
            "{{{}:1}}",
            '{{"a":1,"a":{}}}',
            '{{"b":1,"a":{},"é":2}}',
            " {} ",
            "\ufeff{}",
            "[[{}]]",
        )
    ).format(soup)


def _space(rng: random.Random) -> str:
    return rng.choice(("",) * 12 + (" ", "\n", "\t", "\r\n", "  ", "\r"))


def _write(rng: random.Random, data: Any) -> str:
    before, after = _space(rng), _space(rng)
    if isinstance(data, dict):
        pairs = [f"{_string(rng, key)}{_space(rng)}:{_write(rng, item)}" for key, item in data.items()]
        if pairs and rng.random() < 0.2:
            pairs.append(rng.choice(pairs))
        return before + "{" + _space(rng) + ",".join(pairs) + "}" + after
    if isinstance(data, list):
        return before + "[" + ",".join(_write(rng, item) for item in data) + _space(rng) + "]" + after
    if isinstance(data, str):
        return before + _string(rng, data) + after
    if isinstance(data, float) and rng.random() < 0.5:
        return before + written(rng) + after
    return before + json.dumps(data) + after


def _string(rng: random.Random, text: str) -> str:
    spelled = json.dumps(text, ensure_ascii=rng.random() < 0.6)
    if rng.random() < 0.1 and len(text) > 0:
        spelled = (
            '"'
            + "".join(rng.choice((f"\\u{ord(c):04x}", f"\\u{ord(c):04X}")) if ord(c) < 0x10000 else c for c in text)
            + '"'
        )
    return spelled
