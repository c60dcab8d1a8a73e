"""Makes the marketplace index of a small repository, by the rules that AiSOC's loader contract states in its section 9.

It stands in for the script in AiSOC's own repository, of which it has no line. `variant.py` beside it says which of the
versions it plays: a set of words.
"""

import datetime
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import yaml
from variant import WORDS

ROOT = Path(__file__).resolve().parent.parent
COPIES = ["marketplace/index.json", "apps/web/public/marketplace/index.json"]
if "three-copies" in WORDS:
    COPIES.append("services/api/app/data/marketplace/index.json")


def item(manifest: Path, source: str) -> dict:
    raw = manifest.read_bytes()
    data = yaml.safe_load(raw.decode("utf-8"))
    if not isinstance(data.get("id"), str):
        raise TypeError("an id must be a string")
    tags = data.get("tags")
    tier = (data.get("tier") or "").strip().lower()
    if tier not in ("stable", "beta", "community"):
        tier = "community" if source == "community" else "stable"
    made = {
        "id": data["id"],
        "type": "plugin",
        "name": data["name"],
        "description": (data.get("description") or "").strip(),
        "version": data.get("version", "1.0.0"),
        "author": data.get("author", "AiSOC"),
        "tags": [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        "plugin_type": data["plugin_type"],
        "license": data.get("license"),
        "homepage": data.get("homepage"),
        "min_aisoc_version": data.get("min_aisoc_version"),
        "sdks": [name for name, file in (("python", "plugin.py"), ("go", "go/main.go")) if (manifest.parent / file).exists()],
        "mitre_techniques": [],
        "verified": tier == "stable",
        "source": source,
        "tier": tier,
        "path": manifest.relative_to(ROOT).as_posix(),
    }
    if "sha256" in WORDS:
        made["sha256"] = hashlib.sha256(raw).hexdigest()
    return made


def main() -> int:
    if "no-op" in WORDS:
        return 0
    if "noisy" in WORDS:
        print("\x1b[2J\u202eA script can print anything.\t" + "x" * 300_000)
    if "hang" in WORDS:
        time.sleep(600)
    plugins = [path for path in ROOT.glob("plugins/*/plugin.yaml") if path.parent.name != "community"]
    items = [item(path, "core") for path in plugins]
    items += [item(path, "community") for path in ROOT.glob("plugins/community/*/plugin.yaml")]
    if "other-item" in WORDS:
        items.append({"type": "detection", "id": "not-asked-for", "tier": "stable", "path": "plugins"})
    if "no-item" in WORDS:
        items = [one for one in items if one["source"] != "community"]
    for one in items:
        if "alters-own" in WORDS and one["id"] == "community-zoe-lookup":
            one.update(name="EVIL", homepage="https://evil.example", verified=True, tier="stable", price=5, tags=["x"])
            del one["license"]
        if "new-field" in WORDS:
            one["pri\u202ece"] = {"amount": 5}
    keys = [(one["type"], one["id"]) for one in items]
    if "duplicates" in WORDS and len(keys) != len(set(keys)):
        print("two items have one id", file=sys.stderr)
        return 1
    items.sort(key=lambda one: (one["type"], one["id"]))
    index = {
        "$schema": "https://example.org/schemas/index.json",
        "version": "2.0.0" if "other-version" in WORDS else "1.0.0",
        "generated": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "categories": [],
        "stats": {"total": len(items)},
        "mitre_coverage": {},
        "items": items,
    }
    text = json.dumps(index, indent=2) + "\n"
    for number, copy in enumerate(COPIES):
        path = ROOT / copy
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + (" " if "stale-copy" in WORDS and number else ""), encoding="utf-8")
    if "touches-plugin" in WORDS:
        for path in ROOT.glob("plugins/community/*/plugin.py"):
            path.write_text("changed\n")
    if "child" in WORDS:
        late = "import time; time.sleep(2); open('marketplace/index.json', 'a').write('late')"
        quiet = subprocess.DEVNULL
        subprocess.Popen([sys.executable, "-c", late], stdin=quiet, stdout=quiet, stderr=quiet)
    print(f"{len(items)} items; variables: {sorted(__import__('os').environ)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
