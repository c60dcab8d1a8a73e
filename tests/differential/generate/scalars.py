"""Scalars near every pattern of the YAML 1.1 resolver, in the places where a scalar can stand."""

import random

CORE: tuple[str, ...] = (
    "yes", "no", "true", "false", "on", "off", "y", "n", "null", "~", "nan", "inf", ".inf", ".nan", "-.inf", "+.inf",
    "-.nan", ".", "..", "...", "-", "+", "--", "_", "=", "<<", "<", "infinity", "None", "'!'", '"&"', "'*'", "0",
    "00", "007", "08", "0o17", "0b", "0b1", "0b_", "0b2", "0x", "0x_", "0xg", "0X1", "0xDEAD_beef", "1__0", "_1",
    "1_", "+_1", "-0", "+0", "0_0", "1:59", "1:60", "0:30", "01:30", "190:20:30", "1:2:3:4", "-1:30", "1:", ":1",
    "1:5:", "1:59.5", "0:0.0", "1:60.5", "00:00.5", "1:30.", "1:30._", "1_0:5", "1.", ".5", "-.5", "1.0", "1._0",
    "1_.0", "1e5", "1.0e5", "1.0e+5", "1.e+5", ".5e+3", ".5e3", "1.0E-05", "1.0e+", "1.0e+400", "1.5e-400", "-0.0",
    "._1", "1.2.3", "1,000", "1 000", "0.1e+1_0", "2024-01-15", "2024-1-1", "2024-13-45", "2024-02-30", "0000-01-01",
    "2024-01-15T10:00:00Z", "2024-1-5 1:02:03", "2024-01-15t10:00:00.123456789", "2024-01-15 10:00:00 +01:30",
    "2024-01-15T25:00:00", "2024-01-15 10:00:00 -25", "2024-01-15T10:00", "2024-01-15 10:00:00.",
    "9999-12-31 23:59:59 -23:59", "0001-01-01 00:00:00 +1", "20240-01-15", "2024-01-15  \t10:00:00",
    "2024-01-15T10:00:00+24:00", "2024-01-15T10:00:60", "12345678901234567890", "-9" * 9,
)  # fmt: skip

PLACES: tuple[str, ...] = (
    "{}", "k: {}", "- {}", "[{}]", "[a, {}]", "{{k: {}}}", "{{{}: 1}}", "{}: 1", "? {}", "? {}\n: 1", "k:\n  {}",
    "k: ! {}", "k: '{}'", 'k: "{}"', "k: |\n  {}\n", "k: >-\n  {}", "k: {} # c", "k: &a {}\nb: *a", "- {0}\n- {0}",
    "{}: 1\n{}: 2", "- - {}\n  - b", "k: ! |\n  {}\n", "k: ! '{}'", "{{a: {}, b: 2}}", "--- {}", "!!omap [{}: 1]",
    "k: {}\n...", "[{}: a]",
)  # fmt: skip

TAGS: tuple[str, ...] = (
    "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!binary", "!!map", "!!seq", "!!omap",
    "!!pairs", "!!set", "!!merge", "!!value", "!", "!a", "!<tag:yaml.org,2002:int>", "!<int>", "!!Int", "!%21str",
    "!!python/int", "!!%69nt", "!<tag:yaml.org,2002:float>", "!!s%74r", "!!foo", "!a!b", "!!str!", "!!int,", "!e#f",
    "!<!>", "!!bool", "!!int", "!!float",
)  # fmt: skip

TAGGED: tuple[str, ...] = (
    "", "''", '" 1 "', "' 0x1F'", '"\\n12"', "１２", "'١٢'", "0b12", "'0b1'", "0o17", "'1__0'", "'_1_'", "' 1:30 '",
    "'1: 3'", "'1:-3'", "'-1:3'", "'--1'", "'+-1'", "+ 1", "'0x-1'", "'-0x1F'", "'0x 1'", "' 0b1'", "'0'", "'-'",
    "'+'", "1e5", "'1e5'", "' 1.5 '", "'nan'", "'NAN'", "'.NaN'", "'inf'", "'-inf'", "'.INF'", "'-.INF'", "'+.inf'",
    "'Infinity'", "'1_0.5_0'", "'0x1p3'", "'1:30.5'", "'1:x'", "'.:1'", "'1.5:2'", "'e5'", "'1e'", "'1_e_5'", "yes",
    "'YES'", "'y'", "'oN'", "'tRUE'", "null", "''", "a", "'2024-01-15'", "2024-01-15", "'2024-1-1'",
    "'2024-01-15 1:02:03'", "'x'", "[]", "{}", "[1]", "{a: 1}", "{=: v}", "{=: [1]}", "{=: 1, a: 2}", "[a: 1]",
    "[a: 1, a: 2]", "[{a: 1, b: 2}]", "[[a, 1]]", "{a, b}", "{a: }", "{<<: {a: 1}}", "{=: {=: x}}", "'aGk='",
    "'aGk'", "'é'", "|\n aGk=\n", "'0_'", "'0__7'", "'08'", "'0x'", "'0b'", "'1_:3'", "'\u00a012'",
    "'\u200712\u2007'", "'\u30001.5'", "'1\u0660'", "'\u0661.\u0665'", "'1 2'", "'!'", "'&'", '"*"', "|\n !",
    "|\n  &\n", "'='", "'<<'", "'-'", "'?'", "'.'", "'%'", "'\U0001d7d9'",
)  # fmt: skip


def near_pattern(rng: random.Random) -> str:
    """Makes a scalar that is in a resolver pattern, or one step beside it."""
    make = rng.choice((_listed, _listed, _integer, _decimal, _sexagesimal, timestamp, _word))
    text = make(rng)
    if rng.random() < 0.3:
        text = _one_step(rng, text)
    return text


def in_context(rng: random.Random) -> str:
    """Makes a document with such a scalar in one of the places for scalars."""
    return rng.choice(PLACES).format(near_pattern(rng), near_pattern(rng))


def tagged(rng: random.Random) -> str:
    """Makes a document with an explicit tag on a scalar or a collection that may not suit it."""
    content = rng.choice(TAGGED) if rng.random() < 0.6 else near_pattern(rng)
    if rng.random() < 0.2:
        content = f'"{near_pattern(rng)}"'
    gap = (
        " "
        if rng.random() < 0.9
        else rng.choice(("", "\t", "\n", "\u0085", "\u2028", "\u2029", ",", "]", "}", " &x ", "  "))
    )
    node = f"{rng.choice(TAGS)}{gap}{content}"
    return rng.choice(("k: {}", "{}", "- {}", "[{}]", "{}: 1", "? {}\n: 2", "k: &a {}\nb: *a", "{{k: {}}}")).format(
        node
    )


def timestamp(rng: random.Random) -> str:
    """Makes a date, or a date with a time, mostly valid."""

    def number(width: int, top: int) -> str:
        return str(rng.randint(0, top)).rjust(rng.choice((width, width, width, 1)), "0")

    date = f"{number(4, 9999)}-{number(2, 13)}-{number(2, 32)}"
    if rng.random() < 0.4:
        return date
    time = f"{number(2, 24)}:{number(2, 60)}:{number(2, 60)}" + rng.choice(("", "", ".5", ".1234567", "."))
    zone = rng.choice(("", "Z", " Z", "+1", "-01:30", " +02:00", " -1", "+25:00", "+0130", "-99:99"))
    return date + rng.choice(("T", "t", " ", "  ", "\t", "")) + time + zone


def _listed(rng: random.Random) -> str:
    text = rng.choice(CORE)
    return rng.choice((text, text, text.title(), text.upper(), text.capitalize(), text.swapcase()))


def _digits(rng: random.Random, alphabet: str = "0123456789", longest: int = 6) -> str:
    return "".join(rng.choices(alphabet, k=rng.randint(0, longest)))


def _sign(rng: random.Random) -> str:
    return rng.choice(("", "", "", "-", "+"))


def _integer(rng: random.Random) -> str:
    prefix, alphabet = rng.choice(
        (
            ("", "0123456789_"),
            ("0", "01234567_"),
            ("0x", "0123456789abcdefABCDEF_"),
            ("0b", "01_"),
            ("0", "0123456789"),
        )
    )
    longest = 40 if rng.random() < 0.1 else 6
    return _sign(rng) + prefix + _digits(rng, alphabet, longest)


def _decimal(rng: random.Random) -> str:
    exponent = rng.choice(("", "", "", "e+5", "E-3", "e5", "e+", "e-07", "e+308", "e-324", "E+1_0"))
    return (
        _sign(rng)
        + _digits(rng, "0123456789_", 20 if rng.random() < 0.1 else 5)
        + "."
        + _digits(rng, "0123456789_")
        + exponent
    )


def _sexagesimal(rng: random.Random) -> str:
    parts = [_digits(rng, "0123456789_", 3)] + [
        str(rng.randint(0, 65)).rjust(rng.randint(1, 2), "0") for _ in range(rng.randint(1, 4))
    ]
    return _sign(rng) + ":".join(parts) + rng.choice(("", "", ".", "." + _digits(rng, "0123456789_")))


def _word(rng: random.Random) -> str:
    word = rng.choice(
        (
            "yes",
            "no",
            "true",
            "false",
            "on",
            "off",
            "null",
            ".inf",
            ".nan",
            "y",
            "n",
            "-.inf",
            "+.inf",
            "-.nan",
        )
    )
    return "".join(rng.choice((c.lower(), c.lower(), c.upper())) for c in word)


def _one_step(rng: random.Random, text: str) -> str:
    at = rng.randint(0, len(text))
    character = rng.choice("_.:-+eE0 19xbo,~#'\"\\é\u0661\xa0\n")
    return rng.choice(
        (
            text[:at] + character + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + character + text[at + 1 :],
        )
    )
