"""Makes documents from a seed: the same seed and index give the same document on every machine.

Each family aims at one stage of the reader. Documents are short on purpose: a rule of the scanner breaks in ten
characters as well as in ten thousand, and short ones run by the million.
"""

import random
from collections.abc import Callable

from ..case import Case
from . import (
    awkward,
    blocks,
    discarded,
    enumerated,
    floats,
    json_texts,
    limits,
    mutate,
    scalars,
    soup,
    structures,
    values,
)

Family = Callable[[random.Random], str]

FAMILIES: tuple[tuple[str, int, Family], ...] = (
    ("soup", 22, soup.tokens),
    ("characters", 16, soup.characters),
    ("scalar", 16, scalars.in_context),
    ("tagged", 6, scalars.tagged),
    ("awkward", 8, awkward.document),
    ("discarded", 6, discarded.document),
    ("structure", 14, structures.document),
    ("block", 9, blocks.block_scalar),
    ("quoted", 6, blocks.quoted_scalar),
    ("plain", 4, blocks.plain_scalar),
    ("stream", 4, soup.stream),
    ("manifest", 8, mutate.manifest_excerpt),
    ("dumped", 5, values.dumped),
    ("float", 4, floats.yaml_floats),
    ("json as yaml", 3, json_texts.document),
    ("limits", 1, limits.document),
)
"""The YAML families with their weights."""

JSON_FAMILIES: tuple[tuple[str, int, Family], ...] = (
    ("json", 6, json_texts.document),
    ("json-float", 3, floats.json_floats),
    ("json-soup", 3, json_texts.tokens),
    ("json-limits", 1, limits.json_document),
)
"""The JSON families, on the same scale."""

_ALL = [(name, "yaml", make) for name, _, make in FAMILIES] + [(name, "json", make) for name, _, make in JSON_FAMILIES]
_WEIGHTS = [weight for _, weight, _ in FAMILIES + JSON_FAMILIES]

MUTATED_SHARE = 0.2
MANIFEST_SHARE = 0.08
OTHER_NEWLINES_SHARE = 0.02


def generate(seed: str, index: int) -> Case:
    """Makes document `index` of a seed."""
    rng = random.Random(f"{seed}/{index}")
    name, fmt, make = rng.choices(_ALL, _WEIGHTS)[0]
    text = make(rng)
    if rng.random() < MUTATED_SHARE:
        text = mutate.mutated(rng, text)
    manifest = rng.random() < MANIFEST_SHARE
    if manifest:
        text = structures.with_unsigned_keys(rng, text, fmt)
    return _case(rng, f"generated/{seed}/{index}:{name}", text, fmt, manifest)


def mutant(seed: str, index: int, pool: list[Case]) -> Case:
    """Makes mutant `index` of a seed from a pool of documents; the same pool gives the same mutant."""
    rng = random.Random(f"{seed}/mutant/{index}")
    base = rng.choice(pool)
    text = mutate.excerpt(rng, base.text) if len(base.text) > 200 else base.text
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        text = mutate.mutated(rng, text)
    return _case(rng, f"mutant/{seed}/{index}:{base.name}", text, base.format, base.manifest)


def _case(rng: random.Random, name: str, text: str, fmt: str, manifest: bool) -> Case:
    if rng.random() < OTHER_NEWLINES_SHARE:
        text = text.replace("\n", rng.choice(("\r\n", "\r")))
    # A file is UTF-8, so a lone surrogate never reaches a parser as a character.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return Case(name, text, "json" if fmt == "json" else "yaml", manifest)


__all__ = ["FAMILIES", "JSON_FAMILIES", "enumerated", "generate", "mutant"]
