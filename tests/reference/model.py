"""The value model of AiSOC's loader contract §3: the text of a manifest in, canonical bytes out.

Nothing here decides anything. Python's own reader and writer are called the way the contract says the loader calls
them, and whatever they raise is the loader's failure.
"""

import json
from typing import Any, Literal

import yaml

Format = Literal["yaml", "json"]

UNSIGNED_KEYS = frozenset({"signature", "trust"})
"""Top-level manifest keys that the signature does not cover."""


def universal_newlines(text: str) -> str:
    """Translates CR LF and lone CR to LF, as `Path.read_text` does before any parser sees the text."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, fmt: Format) -> Any:
    """Reads a manifest's text into a Python value; raises what PyYAML or `json` raises."""
    text = universal_newlines(text)
    return yaml.safe_load(text) if fmt == "yaml" else json.loads(text)


def without_unsigned_keys(manifest: dict[Any, Any]) -> dict[Any, Any]:
    """Returns the manifest without its top-level `signature` and `trust`; nested ones stay."""
    # `key in frozenset` would hash the key: the same answer for every key that a mapping can hold.
    return {key: value for key, value in manifest.items() if key not in UNSIGNED_KEYS}


def canonical_text(value: Any) -> str:
    """Writes a value the way the loader does before hashing it; raises for what JSON cannot say."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
