"""How long it takes to put an entry into a large index, beside Python's `json.load` of the same file, in one run.

The whole command is measured: process start, checking the plugin's signature, reading the index, the change, reading its result
again, writing it with a flush to the disk, and reading that. Each time is the best of several rounds, taken in turns. Only the ratio
means something elsewhere.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "tests" / "plugins" / "virustotal"
GOAL = 1.0


def main() -> int:
    """Prints times and ratios; returns 1 when the command's ratio is above the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True, help="`aisoc-publisher`, built with --release")
    parser.add_argument("--example", type=Path, required=True, help="the example program `edit_index`, built with --release")
    parser.add_argument("--index", type=Path, help="a real index; otherwise one of the same size and shape is made up")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        original = options.index.read_bytes() if options.index else _made_up()
        (folder / "original.json").write_bytes(original)
        program = options.binary.resolve(strict=True)
        environment = {"HOME": name, "PATH": "/usr/bin:/bin"}

        def run(*arguments) -> str:
            return subprocess.run(arguments, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout

        shutil.copytree(PLUGIN, folder / "plugin")
        run(program, "keygen", "--out", "acme")
        run(program, "sign", "plugin", "--private-key", "acme.key")
        entry = ["entry", "plugin", "--key-id", "acme", "--public-key", "acme.pem"]
        entry += ["--url", "https://example.org", "--install", "pip install x"]
        work, times = folder / "index.json", {"json.load": [], "command": [], "edit alone": []}
        for _ in range(options.rounds):
            started = time.perf_counter()
            with open(folder / "original.json", encoding="utf-8") as file:
                before = json.load(file)
            times["json.load"].append(time.perf_counter() - started)
            work.write_bytes(original)
            started = time.perf_counter()
            run(program, *entry, "--index", "index.json", "--write")
            times["command"].append(time.perf_counter() - started)
            _check(before, original, work.read_bytes())
            work.write_bytes(original)
            times["edit alone"].append(float(run(options.example.resolve(strict=True), "index.json")))
    count = len(before["items"])
    print(f"an index of {count} items, {len(original) / 1e6:.1f} MB, best of {options.rounds} rounds")
    best = {name: min(all_times) for name, all_times in times.items()}
    for name, seconds in best.items():
        print(f"{name:12}{1000 * seconds:8.1f} ms   {seconds / best['json.load']:5.2f} times json.load")
    return 0 if best["command"] / best["json.load"] < GOAL else 1


def _check(before: dict, original: bytes, after: bytes) -> None:
    """Fails unless the entry is in, and everything else is as it was."""
    now = json.loads(after)
    put_in = [item for item in now["items"] if item["id"] == "myorg.virustotal"]
    assert len(put_in) == 1, "the entry is in the index once"
    now["items"].remove(put_in[0])
    assert now == before, "nothing else has changed"
    head = next(n for n, (a, b) in enumerate(zip(original, after)) if a != b)
    assert after.endswith(original[head:]), "it can be cut out again"


def _made_up() -> bytes:
    """An index of the size and shape of AiSOC's own: 7,117 items and ten megabytes, the same in each run."""
    dice = random.Random(7117)
    words = ["credential", "lateral", "movement", "detects", "suspicious", "process", "Zoë’s", "cloud", "identity", "beacon", "of", "a"]

    def text(count: int) -> str:
        return " ".join(dice.choice(words) for _ in range(count))

    items = []
    for kind, count in [("detection", 6998), ("playbook", 62), ("plugin", 57)]:
        for number in range(count):
            items.append(
                {
                    "id": f"{kind}-{number:05}",
                    "type": kind,
                    "name": text(6),
                    "description": text(70),
                    "version": "1.0.0",
                    "author": "AiSOC Core Team",
                    "tags": [text(1) for _ in range(8)],
                    "severity": dice.choice(["low", "high"]),
                    "mitre_techniques": [f"T{dice.randrange(1000, 1600)}" for _ in range(3)],
                    "log_sources": [{"product": text(1), "service": text(2)} for _ in range(2)],
                    "verified": True,
                    "tier": "stable",
                    "path": f"{kind}s/{number}/{kind}.yaml",
                }
            )
    head = {"$schema": "x", "version": "1.0.0", "generated": "2026-11-22T13:18:11Z", "stats": {"total": len(items)}}
    return (json.dumps({**head, "items": items}, indent=2) + "\n").encode()


if __name__ == "__main__":
    sys.exit(main())
