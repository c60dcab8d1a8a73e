"""What Python answers for the sample plugins and the bad inputs, kept in `tests/data/plugins.json`.

`python3 -m reference.samples` writes that file anew; a test fails when it is not what this module makes. The file lets
tests in other languages compare without running Python.
"""

import json
import sys
from pathlib import Path

from .loader import Refusal, canonical, covered_files, digest, verdict

TESTS = Path(__file__).resolve().parents[1]
RECORD = TESTS / "data" / "plugins.json"
NO_KEYS = TESTS / "no-such-folder"


def record() -> str:
    """Returns the content of the file: for each sample its digest or why there is none, and the loader's verdicts.

    `length` is that of the canonical bytes, `files` the number of files that they name. Verdicts are by trust mode,
    for a loader without trusted keys: what they add to the digest is everything that is decided before a key is tried.
    """
    groups = ("plugins", "bad")
    return (
        json.dumps({group: {path.name: _entry(path) for path in _folders(group)} for group in groups}, indent=2) + "\n"
    )


def _folders(group: str) -> list[Path]:
    return sorted(path for path in (TESTS / group).iterdir() if path.is_dir())


def _entry(plugin: Path) -> dict[str, object]:
    entry: dict[str, object] = {}
    try:
        entry |= {
            "digest": digest(plugin).hex(),
            "length": len(canonical(plugin)),
            "files": len(covered_files(plugin)),
        }
    except Refusal as refusal:
        entry |= {"digest": None, "why": refusal.reason.value}
    entry["verdicts"] = {mode: verdict(plugin, NO_KEYS, mode) for mode in ("strict", "warn", "disabled")}
    return entry


if __name__ == "__main__":
    RECORD.write_text(record(), encoding="utf-8")
    sys.exit(0)
