"""Values that are read but never written: what they do to reading is all that can differ.

A date, bytes, a set or a cycle makes the writer fail, which hides whether it was read rightly. Where the value is
dropped before writing, a valid one is harmless and an invalid one still fails.
"""

import random

from . import scalars

PLACES: tuple[str, ...] = (
    "{{k: {x}, k: 1}}", "{{<<: {{k: {x}}}, k: 1}}", "{{<<: [{{k: 1}}, {{k: {x}}}]}}", "!!str {{=: v, k: {x}}}",
    "!!int {{k: {x}, =: '12'}}", "- k: {x}\n  k: 1", "k: 1\n<<: {{k: {x}}}",
)  # fmt: skip
"""Where a value is lost in any mode; the manifest's `trust` and `signature` are the other places."""

COLLECTIONS: tuple[str, ...] = (
    "!!set {a, b}", "!!set {a: 1}", "!!set [a]", "!!set {[a]}", "!!set a", "!!set {{a: b}}", "!!set {1, true, 1.0}",
    "!!set {<<: {a: b}, c}", "!!set {}", "!!set", "&t [*t]", "&t {a: *t}", "&t {*t : a}", "&t [{*t : a}]",
    "!!set &t {*t }", "!!omap &t [a: *t]", "!!pairs &t [a: *t]", "!!omap &t [*t : a]", "!!set {? &t [*t]}",
    "!!pairs [[a]: b]", "!!omap [[a]: b]", "!!pairs [{a: b, c: d}]", "!!omap [a, b]", "!!pairs {a: b}", "!!omap",
    "!!pairs []", "!!omap [{<<: {a: b}}]", "{2024-01-15: a}", "{2024-01-15: a, b: c}", "{!!binary aGk=: a}",
    "{.nan: a, .nan: b}", "{~: a, b: c}", "{1: a, b: c}", "{[a]: b}", "{{a: b}: c}", "{!!omap []: a}",
    "!!seq {a: b}", "!!map [a]", "!!str [a]", "!!float {=: 1.5}", "!!float {=: x}", "!!timestamp {=: 2024-01-15}",
    "!!timestamp {=: [1]}", "!!binary {=: aGk=}", "!!bool {=: yes}", "{<<: *t}", "&t {<<: *t}",
    "&t {<<: [*t, {a: 1}]}", "{<<: 1}", "{<<: [1]}", "{<<: 2024-01-15}", "!!timestamp []", "!!null [a]",
    "!!null {a: b}", "!!null {=: x}", "!!null {=: [x]}", "!foo x",
)  # fmt: skip

BASE64 = "AaZz09+/= \n-_é"


def document(rng: random.Random) -> str:
    """Makes a document with a value that does not reach the writer."""
    text = rng.choice(PLACES).replace("{x}", "\0").replace("{{", "{").replace("}}", "}")
    return text.replace("\0", node(rng))


def node(rng: random.Random) -> str:
    """Makes a flow node, mostly of a kind that cannot be written."""
    kind = rng.randrange(10)
    if kind < 3:
        return rng.choice(COLLECTIONS)
    if kind < 5:
        return scalars.timestamp(rng)
    if kind == 5:
        return f"!!timestamp '{scalars.timestamp(rng)}'"
    if kind == 6:
        return rng.choice(('!!binary "{}"', "!!binary '{}'")).format("".join(rng.choices(BASE64, k=rng.randint(0, 9))))
    if kind == 7:
        return f"{rng.choice(scalars.TAGS)} {rng.choice(scalars.TAGGED)}"
    if kind == 8:
        return scalars.near_pattern(rng)
    return rng.choice(("a", "[a, {b: 2024-01-15}]", "{trust: 1}", "*x", "&x [b]", "'c'", "!!set {2024-01-15}"))
