"""Random Python values, written as YAML by PyYAML in any of its styles."""

import random
from typing import Any

import yaml

from .floats import value as float_value
from .scalars import near_pattern

CHARACTERS = "ab cd:#-?,[]{}&*!|>'\"%@`\\\n\t éß中😀\xa0\u0085\u2028\ufeff\x00\x07\x7f\x85\ue000\ud800=~_.0"


def value(rng: random.Random, depth: int = 3) -> Any:
    """Makes a value of the types that a manifest can hold."""
    kind = rng.randrange(10 if depth else 7)
    if kind < 3:
        return text(rng)
    if kind == 3:
        return rng.choice((0, 1, -1, 8, 255, 10**6, 2**63, -(2**64), 10**30, rng.getrandbits(70)))
    if kind == 4:
        return rng.choice((float_value(rng), 0.5, -0.0, float("inf"), float("-inf"), float("nan"), 1e16, 1e-5))
    if kind == 5:
        return rng.choice((True, False, None))
    if kind == 6:
        return near_pattern(rng)
    if kind == 7:
        return [value(rng, depth - 1) for _ in range(rng.randint(0, 3))]
    keys = [text(rng) for _ in range(rng.randint(0, 3))]
    return {key: value(rng, depth - 1) for key in keys}


def text(rng: random.Random) -> str:
    """Makes a short string with characters that need care in YAML."""
    if rng.random() < 0.4:
        return rng.choice(
            (
                "a",
                "key",
                "name",
                "two words",
                "yes",
                "1",
                "1.0",
                "",
                " ",
                "a: b",
                "- a",
                "'",
                "line\nline",
                "end\n",
                "\n",
                " lead",
                "trail ",
            )
        )
    return "".join(rng.choices(CHARACTERS, k=rng.randint(1, 10)))


def dumped(rng: random.Random) -> str:
    """Writes a random value with random options of `yaml.dump`."""
    data = value(rng)
    if rng.random() < 0.2:
        shared = value(rng, 1)
        data = [shared, data, {"again": shared}]
    written: str = yaml.dump(
        data,
        default_style=rng.choice((None, None, None, "'", '"', "|", ">")),
        default_flow_style=rng.choice((None, False, True)),
        canonical=rng.random() < 0.1,
        indent=rng.choice((None, None, 2, 4, 8)),
        width=rng.choice((None, 10, 20, 1000)),
        allow_unicode=rng.random() < 0.5,
        explicit_start=rng.random() < 0.1,
        explicit_end=rng.random() < 0.1,
        sort_keys=False,
    )
    return written
