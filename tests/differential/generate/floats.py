"""Floating-point numbers: random bit patterns and hard cases, written in many ways."""

import random
import struct


def value(rng: random.Random) -> float:
    """Makes a finite float; powers of two and of ten and their neighbours often, since printing breaks there."""
    kind = rng.randrange(5)
    if kind == 0:
        number = 10.0 ** rng.randint(-30, 30) * rng.choice((1, 1, 3, 7, 9))
    elif kind == 1:
        number = 2.0 ** rng.randint(-1074, 1023)
    elif kind == 2:
        number = rng.randint(0, 10**17) / 2 ** rng.randint(0, 40)
    elif kind == 3:
        number = round(rng.uniform(0, 10 ** rng.randint(0, 18)), rng.randint(0, 6))
    else:
        number = abs(_from_bits(rng.getrandbits(63)))
    if rng.random() < 0.3:
        number = _from_bits(_to_bits(number) + rng.choice((-1, 1, 2))) if number else number
    number = rng.choice((1, 1, -1)) * number
    return number if number == number and abs(number) != float("inf") else 0.0


def written(rng: random.Random) -> str:
    """Makes a float as decimal text: shortest, long, fixed, or with digits just beside a rounding boundary."""
    number = value(rng)
    text = rng.choice(
        (
            repr(number),
            f"{number:.{rng.randint(0, 30)}e}",
            f"{number:.{rng.randint(15, 18)}g}",
            f"{number:.{rng.randint(0, 25)}f}" if abs(number) < 1e25 else repr(number),
            _boundary(rng, number),
        )
    )
    return text


def yaml_floats(rng: random.Random) -> str:
    """Makes a YAML list of floats in forms that the YAML 1.1 resolver takes, and some that it does not."""
    items = []
    for _ in range(rng.randint(1, 3)):
        text = written(rng)
        if rng.random() < 0.85:
            text = _resolvable(text)
        items.append(rng.choice(("", "", "", "!!float ")) + text)
    return "[" + ", ".join(items) + "]"


def json_floats(rng: random.Random) -> str:
    """Makes a JSON list of floats."""
    return "[" + ",".join(rng.choice((written(rng), written(rng).upper())) for _ in range(rng.randint(1, 4))) + "]"


def _resolvable(text: str) -> str:
    """Adds the dot that YAML 1.1 asks for in a float with an exponent."""
    mantissa, mark, exponent = text.partition("e")
    if "." not in mantissa:
        mantissa += "."
    if mark and exponent[0] not in "+-":
        exponent = "+" + exponent
    return mantissa + mark + exponent


def _boundary(rng: random.Random, number: float) -> str:
    """Writes the middle between a float and its neighbour, exactly or with a last digit too many."""
    from decimal import Decimal, localcontext

    with localcontext() as context:
        context.prec = 800
        middle = (Decimal(number) + Decimal(_from_bits((_to_bits(abs(number)) + 1) & 0x7FEFFFFFFFFFFFFF))) / 2
        text = f"{middle:e}" if rng.random() < 0.5 or abs(number) > 1e20 or abs(number) < 1e-5 else f"{middle:f}"
    if rng.random() < 0.5 and "e" not in text and "." in text:
        text += rng.choice(("0", "1", "00000000000000001"))
    return text if len(text) < 120 else repr(number)


def _to_bits(number: float) -> int:
    return int(struct.unpack("<Q", struct.pack("<d", number))[0])


def _from_bits(bits: int) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", bits % 2**64))[0])
