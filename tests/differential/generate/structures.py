"""Documents with structure: nested collections with anchors, aliases, merges, tags, comments and odd keys."""

import random
import re

from . import discarded
from .scalars import near_pattern

KEYS: tuple[str, ...] = (
    "a", "b", "c", "k", "id", "1", "1.0", "true", "yes", "0", "-0.0", "false", "~", "null", "2024-01-15", ".nan",
    "'<<'", "<<", "=", "'1'", "é", "\ue000", "😀", '"\\ud83d\\ude00"', '"\\ufffd"', "10", "9", "100", "0x10", "1:30",
    ".inf", "-.inf", "1e3", "9007199254740993", "9007199254740992.0", '""', "''", "!!str 1", "!!int '1'",
    "!!binary aGk=", "[a]", "{a: b}", "*x", "&y d", "on", "!!null ''",
)  # fmt: skip

PLAIN_KEYS: tuple[str, ...] = (
    "a", "b", "c", "d", "e", "id", "name", "x y", "k-1", "é", "'q r'", '"s"', "z.z", "type", "A", "_",
)  # fmt: skip

SCALARS: tuple[str, ...] = (
    "v", "w x", "1", "2.5", "yes", "~", "", "'q'", '"d\\n"', "|\n{i}  lit\n", ">-\n{i}  fold\n{i}  ed\n", "!!str 1",
    "!!int '3'", "-1", "1_000", "é", "http://x/?q=1",
)  # fmt: skip

MERGES: tuple[str, ...] = (
    "{o}<<: *x", "{o}<<: *y", "{o}<<: [*x, *y]", "{o}<<: [*y, *x, {{a: m}}]", "{o}<<: {{a: 1, b: 2}}", "{o}<<: []",
    "{o}<<: {{}}", "{o}<<: [{{<<: *x}}]", "{o}<<: {{<<: {{c: 9}}, c: 1}}", "{o}<<: 1", "{o}<<: [1]", "{o}<<: [[*x]]",
    "{o}<<: !!foo *x", "{o}<<: !!str {{a: 1}}", "{o}!!merge k: *x", "{o}? <<\n{o}: *x", "{o}<<: &z {{b: 3}}",
    "{o}!!merge '<<': *x", "{o}<<: !!omap [a: 1]", "{o}! <<: *x", "{o}<<: !!seq [*x]",
)  # fmt: skip

HEADS: tuple[str, ...] = (
    "- &x {a: 1, b: 2}\n- &y {b: 3, c: 4}\n- ", "- &x {a: 1, a: 2}\n- &y {<<: *x, a: 5}\n- ",
    "- &x {}\n- &y {<<: [*x, {q: 1}]}\n- ", "- &x {1: a, true: b}\n- &y {1.0: c}\n- ",
    "- &x\n  <<: {a: 1}\n  b: 2\n- &y\n  b: 3\n- ", "- &x [{a: 1}, {a: 2}]\n- &y s\n- ",
)  # fmt: skip

SPECIAL_BODIES: tuple[str, ...] = (
    "[a: 1, b: 2]", "[a: 1, a: 2]", "[{a: 1}, {b: 2}]", "[a]", "[]", "{}", "[{}]", "[{a: 1, b: 2}]", "[[a, b]]",
    "{a: 1}", "{a, b}", "{=: x}", "s", "", "\n  - a: 1\n  - b: 2", "\n  - a: 1\n  - [x]: 2", "\n  ? a\n  ? b",
    "\n  a: 1\n  <<: {b: 2}", "[1: 2, yes: no]", "[a: &x {b: 1}, c: *x]", "[<<: {a: 1}]", "[<<: a]",
    "{<<: [{a: 1}], b: 2}", "&r [*r]", "&r {a: *r}", "&r [a: *r]", "[2024-01-15: 1]", "[a: 2024-01-15]",
)  # fmt: skip

ALIASING_NODES: tuple[str, ...] = (
    "&{n} v", "*{n}", "&{n} [*x, *y]", "&{n} {{a: *x}}", "&{n}", "&{n} !!str 1", "!!str &{n} 1", "[*{n} , *{n}]",
    "{{*{n} : 1}}", "[*{n}]", "{{a: *{n}}}", "&{n}\n    c: d", "&{n}{o} v", "*{n}{o}",
)  # fmt: skip

NUMBER_KEYS: tuple[str, ...] = (
    "1", "2", "10", "9", "1.5", "-3", "0x10", "true", "false", "1.0", "1:30", ".inf", "9007199254740993",
    "9007199254740992.0",
)  # fmt: skip


def document(rng: random.Random) -> str:
    """Makes a mapping or sequence: merges, odd keys, special collections, flow, aliases, or plain block structure."""
    makers = (_merging, _odd_keys, _special_collection, _deep_flow, _aliasing, _nested, _nested, _nested)
    text = rng.choice(makers)(rng)
    return _with_anchors_defined_once(text) if rng.random() < 0.9 else text


def with_unsigned_keys(rng: random.Random, text: str, fmt: str) -> str:
    """Adds a top-level `signature` or `trust` to a document, whether or not it is a mapping."""
    value = discarded.node(rng)
    if fmt == "json":
        value = rng.choice(('"x"', "{}", "[1]", "NaN", "nul"))
        return rng.choice((f'{{"trust":{value},"a":{text}}}', f'{{"signature":{value},"id":"x","trust":1}}', text))
    key = rng.choice(("signature", "trust", '"trust"', "'signature'", "trust ", "Trust", "!!str trust", "? trust\n"))
    line = f"{key}: {value}"
    return rng.choice(
        (f"{line}\n{text}", f"{text}\n{line}\n", f"id: x\n{line}\nn:\n  {line}\n", f"{{{line}, b: 1}}", text)
    )


def _merging(rng: random.Random) -> str:
    head = rng.choice(HEADS)
    lines = []
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.55:
            lines.append(rng.choice(MERGES).format(o="  "))
        else:
            lines.append(f"  {rng.choice(('a', 'b', 'c', '1', 'yes', '=', 'z'))}: {rng.randint(5, 9)}")
    anchor = rng.choice(("", "", "&z\n  ", "&x\n  "))
    return head + anchor + "\n".join(lines).lstrip() + rng.choice(("", "\n", "\n- *z\n", "\n- {<<: *z, a: 0}\n"))


def _odd_keys(rng: random.Random) -> str:
    pool = rng.choice((KEYS, KEYS, NUMBER_KEYS))
    keys = rng.choices(pool, k=rng.randint(1, 4))
    if keys.count(".nan") and rng.random() < 0.95:
        keys = [".nan"]  # With others beside it the order is not defined and ours declines.
    if rng.random() < 0.5:
        return "{" + ", ".join(f"{key}: {index}" for index, key in enumerate(keys)) + "}"
    return "\n".join(
        rng.choice(("{}: {}", "{}: {}", "? {}\n: {}", "{} : {}")).format(key, index) for index, key in enumerate(keys)
    )


def _special_collection(rng: random.Random) -> str:
    tag = rng.choice(("!!omap", "!!pairs", "!!set", "!!map", "!!seq", "!!str", "!!omap", "!!pairs"))
    body = rng.choice(SPECIAL_BODIES)
    return rng.choice(("k: {} {}", "{} {}", "- {} {}", "k: &a {} {}\nb: *a", "{} {}\n")).format(tag, body)


def _aliasing(rng: random.Random) -> str:
    names = ("x", "y", "z") if rng.random() < 0.8 else ("x", "x-1", "_", "0")
    sequence = rng.random() < 0.5
    lines = []
    for index in range(rng.randint(2, 5)):
        name = rng.choice(names)
        odd = rng.choice("é.:,!#]}?%@`\t\u0085\u2028\u2029\xa0-_9Zz")
        node = rng.choice(ALIASING_NODES).format(n=name, o=odd)
        lines.append(f"- {node}" if sequence else f"k{index}: {node}")
    return "\n".join(lines)


def _with_anchors_defined_once(text: str) -> str:
    """Drops repeated anchors, and aliases that come before theirs: both only ever make one and the same error."""
    defined: set[str] = set()

    def keep(match: re.Match[str]) -> str:
        mark, name = match.group(1), match.group(2)
        if mark == "&":
            new = name not in defined
            defined.add(name)
            return match.group() if new else ""
        return match.group() if name in defined else "v"

    return re.sub(r"([&*])([xyz])\b", keep, text)


def _deep_flow(rng: random.Random) -> str:
    return _flow(rng, 3)


def _nested(rng: random.Random) -> str:
    return _block(rng, "", 3).lstrip("\n")


def _decoration(rng: random.Random) -> str:
    return rng.choice(("",) * 14 + ("&x ", "&y ", "!!map ", "!!seq ", "!!str ", "! ", "!foo ", "&x !!map "))


def _scalar(rng: random.Random, indent: str) -> str:
    if rng.random() < 0.1:
        return near_pattern(rng)
    return rng.choice(SCALARS).replace("{i}", indent)


def _flow(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.3:
        return rng.choice(
            (
                "a",
                "b c",
                "1",
                "'q'",
                '"d"',
                "~",
                "",
                "*x",
                "&x e",
                "!!str 2",
                "a:b",
                "-1",
                "a\n b",
                "yes",
                "2.50",
            )
        )
    items = [_flow(rng, depth - 1) for _ in range(rng.randint(0, 3))]
    gap = rng.choice((", ", ", ", ",", " , ", ",\n ", ", # c\n "))
    if rng.random() < 0.5:
        return "[" + gap.join(items) + rng.choice(("", "", ",", " ", "\n")) + "]"
    colon = rng.choice((": ", ": ", " : ", ":", ":\n  "))
    pairs = [
        rng.choice(("", "", "", "? ", "&y "))
        + rng.choice(("a", "b", "'c'", '"d"', "1", ""))
        + (colon + item if rng.random() < 0.9 else "")
        for item in items
    ]
    return "{" + gap.join(pairs) + rng.choice(("", "", ",", " ")) + "}"


def _block(rng: random.Random, indent: str, depth: int) -> str:
    """Writes a node that follows `key:` or `-`: a scalar behind it, or a collection on the next lines."""
    if depth == 0 or rng.random() < 0.25:
        return (
            " "
            + rng.choice(("", "", "", "&x ", "*x #"))
            + (_scalar(rng, indent) if rng.random() < 0.8 else _flow(rng, 1))
        )
    head = _decoration(rng)
    step = indent + " " * rng.choice((1, 2, 2, 2, 4)) if indent or depth < 3 else ""
    comment = rng.choice(("", "", "", "", " # c", "\n# c", "\n" + step + "# c", "\n"))
    lines = []
    if rng.random() < 0.6:
        for key in rng.choices(PLAIN_KEYS, k=rng.randint(1, 3)):
            lines.append(f"{step}{rng.choice(('', '', '', '', '', '? ', '&y '))}{key}:{_block(rng, step, depth - 1)}")
    else:
        for _ in range(rng.randint(1, 3)):
            item = _block(rng, step, depth - 1)
            if rng.random() < 0.3 and "\n" in item:
                item = " " + item.lstrip("\n ")
            lines.append(f"{step}-{item}")
    return (" " + head.rstrip() if head else "") + comment + "\n" + "\n".join(lines)
