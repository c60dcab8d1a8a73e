"""Rewrites a manifest with one change at a time: `mutate.py MANIFEST` prints `[{"what": …, "text": …, "signed": bool}]`.

The first entry changes nothing, so that rewriting itself is shown to change nothing that is signed. `signed` tells whether
the signature covers what changed: everything but the top-level `signature` and `trust`.
"""

import copy
import datetime
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

PATH = Path(sys.argv[1])
VALUE = (yaml.safe_load if PATH.suffix == ".yaml" else json.loads)(PATH.read_text(encoding="utf-8"))
UNSIGNED = ("signature", "trust")


def write(value: Any) -> str:
    """Writes a manifest."""
    if PATH.suffix == ".json":
        return json.dumps(value, indent=1)
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)


def other(path: tuple[Any, ...], value: Any) -> Any:
    """Returns another value in its place, so that the checks before the signature still pass."""
    if path == ("plugin_type",):
        return "widget" if value != "widget" else "action"
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        # Infinity and NaN swallow an addition.
        return value + 1 if value + 1 != value and value == value else 0
    if isinstance(value, str):
        return value + "x"
    return "other"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yields every value that holds no others."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else None
    if items is None or not value:
        yield path, value
        return
    for key, child in items:
        yield from leaves(child, (*path, key))


def changed(path: tuple[Any, ...], value: Any) -> Any:
    """Returns a manifest with this value at this place."""
    manifest = copy.deepcopy(plain(VALUE))
    holder = manifest
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return manifest


def plain(value: Any) -> Any:
    """Returns a value without tuples, which cannot be changed; JSON writes them as lists."""
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    return [plain(child) for child in value] if isinstance(value, (list, tuple)) else value


def variants() -> Iterator[tuple[str, Any, bool]]:
    yield "rewritten", plain(VALUE), False
    for path, value in leaves(VALUE):
        yield f"{path} changed", changed(path, other(path, value)), path[0] not in UNSIGNED
    for key in VALUE:
        if key not in ("id", "name", "version", "plugin_type"):
            yield f"without {key!r}", {k: v for k, v in plain(VALUE).items() if k != key}, key not in UNSIGNED
    yield "a new key", changed(("zz_new",), None), True
    yield "a new `trust`", changed(("trust",), {"by": "anyone"}), False
    yield "a new `signature`", changed(("signature",), datetime.date(2024, 1, 15) if PATH.suffix == ".yaml" else 1), False


print(json.dumps([{"what": what, "text": write(value), "signed": signed} for what, value, signed in variants()]))
