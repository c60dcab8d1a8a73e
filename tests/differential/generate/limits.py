"""Documents near the limits: key length, digits, depth, expansion."""

import random


def document(rng: random.Random) -> str:
    """Makes a document just under or just over a limit of Python's."""
    return rng.choice((_long_key, _long_key, _long_key, _long_number, _deep, _expanding))(rng)


def json_document(rng: random.Random) -> str:
    """Makes a JSON number or nesting near a limit."""
    digits = rng.choice((1, 17, 18, 19, 20, 39, 40, 308, 309, 310, 4299, 4300, 4301))
    number = rng.choice("19") + "".join(rng.choices("0123456789", k=digits - 1))
    exponent = rng.choice(
        ("", "", "e5", f"e-{digits}", f"E+{rng.choice((0, 300, 309, 9999, 99999999999))}", "e-400", "e00")
    )
    fraction = rng.choice(("", "", ".0", f".{number}", f".{'0' * digits}1"))
    depth = rng.choice((0, 1, 2, 50, 90))
    return "[" * depth + rng.choice(("", "-")) + number + fraction + exponent + "]" * depth


def _long_key(rng: random.Random) -> str:
    """Makes a simple key of about 1,024 characters, the most that may stand between its start and its colon."""
    length = rng.randint(1015, 1030)
    key = rng.choice(
        (
            "{}",
            "'{}'",
            '"{}"',
            "&a {}",
            "!!str {}",
            "[{}]",
            "{{{}}}",
            "*{}",
            "{} ",
            "a: {}",
            "? {}",
            "- {}",
            "'{}' ",
            "{{{}",
        )
    ).format("a" * length)
    return rng.choice(
        ("{}: 1", "{} : 1", "[{}: 1]", "{{{}: 1}}", "k:\n  {}: 1", "{}\n: 1", "{{{}\n: 1}}", "{}: 1}}")
    ).format(key)


def _long_number(rng: random.Random) -> str:
    """Makes an integer of about 4,300 decimal digits, the most that Python converts."""
    prefix, digits = rng.choice(
        (("", 4300), ("-", 4300), ("0x", 3571), ("0b", 14284), ("0", 4761), ("!!int ", 4300), ("1:", 0))
    )
    if not digits:
        return "k: 1" + ":59" * rng.randint(2400, 2430)
    text = rng.choice("17" if prefix not in ("0b",) else "1") * (digits + rng.randint(-2, 2))
    return f"k: {prefix}{text}"


def _deep(rng: random.Random) -> str:
    """Makes nested collections, mostly within the depth that ours reads."""
    depth = rng.randint(60, 99) if rng.random() < 0.97 else rng.randint(100, 130)
    kind = rng.randrange(4)
    if kind == 0:
        return "[" * depth + "]" * (depth - (rng.random() < 0.1))
    if kind == 1:
        return "- " * depth + "a"
    if kind == 2:
        return "{a: " * depth + "}" * depth
    return "\n".join(" " * level + "a:" for level in range(depth))


def _expanding(rng: random.Random) -> str:
    """Makes aliases of aliases that expand to some thousand nodes."""
    width, levels = rng.randint(2, 4), rng.randint(2, 5)
    lines = ["- &a0 [x]"] + [f"- &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    if rng.random() < 0.4:
        lines = ["- &a0 {x: y}"] + [
            f"- &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * width)}], k{n}: *a{n - 1}}}" for n in range(1, levels)
        ]
    return "\n".join(lines)
