"""Command line of the reference, for comparing with `aisoc-publisher`: `python3 -m reference`, from the folder `tests`.

`batch` answers many questions in one process. It reads one JSON object a line, for example
`{"do": "verdict", "plugin_dir": "…", "trusted_keys": "…", "mode": "warn"}`, `{"do": "digest", "plugin_dir": "…"}` or
`{"do": "payload", "plugin_dir": "…"}`, and writes one JSON object a line: the verdict, `{"digest": "…"}` or
`{"payload": "…"}`; where there is no payload, `{"error": "…", "reason": "…"}`.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from .loader import Refusal, canonical, digest, verdict


def main() -> int:
    """Answers on standard output; returns 0, 1 for a plugin that is refused, 3 for one without a payload."""
    options = _options()
    if options.command == "batch":
        for line in sys.stdin:
            print(json.dumps(_answer(json.loads(line))), flush=True)
        return 0
    answer = _answer({"do": options.command, **vars(options)})
    if "error" in answer:
        print(answer["error"], file=sys.stderr)
        return 3
    print(json.dumps(answer) if options.command == "verdict" else answer[options.command], end="")
    if options.command != "payload":  # Canonical bytes end where they end.
        print()
    return 0 if answer.get("loads", True) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m reference", description="Answer as AiSOC's loader does.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, summary in (
        ("verdict", "the verdict in one trust mode, as JSON"),
        ("payload", "the canonical bytes"),
        ("digest", "their SHA-256, in hex"),
    ):
        command = commands.add_parser(name, help=summary)
        command.add_argument("--plugin-dir", required=True)
        if name == "verdict":
            command.add_argument("--trusted-keys", required=True)
            command.add_argument("--mode", default="strict")
    commands.add_parser("batch", help="answer one JSON object a line, from standard input")
    return parser.parse_args()


def _answer(question: Mapping[str, str]) -> Mapping[str, object]:
    plugin = Path(question["plugin_dir"])
    if question["do"] == "verdict":
        return verdict(plugin, Path(question["trusted_keys"]), question["mode"])
    try:
        if question["do"] == "digest":
            return {"digest": digest(plugin).hex()}
        return {"payload": canonical(plugin).decode("ascii")}
    except Refusal as refusal:
        return {"error": str(refusal), "reason": refusal.reason.value}


if __name__ == "__main__":
    sys.exit(main())
