"""How long the manifest reader takes beside CPython and PyYAML, in one run on one machine.

Both read the same texts and write the same canonical bytes, which are compared. Ours pays for the pipe and the JSON
protocol of the example program too. Each time is the best of several rounds. Only the ratio means something elsewhere.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = ROOT / "tests" / "data" / "manifests"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True, help="the example program `canonicalize`, built with --release")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    real = [path.read_text(encoding="utf-8") for path in sorted(MANIFESTS.glob("*.yaml"))]
    jobs = [
        (f"{len(real)} real manifests, 10 times", real * 10),
        ("one manifest of 1 MB", [_large(1_000_000)]),
        ("one manifest of 2 MB", [_large(2_000_000)]),
    ]
    print(f"{'':34}{'PyYAML':>10}{'ours':>10}{'ratio':>9}")
    for name, texts in jobs:
        python_time, python_bytes = _best(lambda: [_canonical(text) for text in texts], max(1, options.rounds // 3))
        our_time, our_bytes = _best(lambda: _door(options.binary, texts), options.rounds)
        if python_bytes != our_bytes:
            print(f"error: the canonical bytes of {name} differ", file=sys.stderr)
            return 1
        print(f"{name:34}{python_time:9.3f}s{our_time:9.3f}s{python_time / our_time:8.0f}x")
    return 0


def _large(size: int) -> str:
    """A manifest of about this many characters, in the shapes that authors write."""
    head = "id: large\nname: Large\nversion: 1.0.0\nplugin_type: enricher\nrules:\n"
    rule = "  - id: rule-{n}\n    title: 'Rule {n}'\n    threshold: {n}.5\n    tags: [alpha, beta, \"g\\u00e4mma\"]\n    text: |\n      line one\n      line two\n"
    count = size // len(rule)
    return head + "".join(rule.format(n=n) for n in range(count))


def _canonical(text: str) -> str:
    return json.dumps(yaml.safe_load(text), sort_keys=True, separators=(",", ":"))


def _door(binary: Path, texts: list[str]) -> list[str]:
    requests = "".join(json.dumps({"format": "yaml", "text": text}) + "\n" for text in texts)
    answers = subprocess.run([binary], input=requests, capture_output=True, text=True, check=True).stdout
    return [json.loads(line)["canonical"] for line in answers.splitlines()]


def _best(work, rounds: int):
    best, result = float("inf"), None
    for _ in range(rounds):
        started = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - started)
    return best, result


if __name__ == "__main__":
    sys.exit(main())
