"""Writes the licences of all that is built into the programs: `third_party.py CARGO_TREE UI_PACKAGES… > THIRD-PARTY.txt`.

CARGO_TREE is what `cargo tree --edges normal --prefix none --format '{p}'` printed for the packages; the licence texts are
taken from the crates' own sources. UI_PACKAGES are folders of node packages.
"""

import json
import subprocess
import sys
from pathlib import Path

TEXTS = ("LICENSE*", "LICENCE*", "COPYING*", "COPYRIGHT*", "NOTICE*", "UNLICENSE*", "license*")


def crates(tree: Path) -> list[tuple[str, str, Path]]:
    """Returns name, licence and folder of each foreign crate in the tree."""
    built = {tuple(line.split()[:2]) for line in tree.read_text().splitlines() if line.strip()}
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--all-features"]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return [
        (f"{package['name']} {package['version']}", package["license"] or "see below", Path(package["manifest_path"]).parent)
        for package in metadata["packages"]
        if package["source"] and (package["name"], f"v{package['version']}") in built
    ]


def node_package(folder: Path) -> tuple[str, str, Path]:
    """Returns name, licence and folder of a node package."""
    package = json.loads((folder / "package.json").read_text())
    return f"{package['name']} {package['version']}", package["license"], folder


def texts(folder: Path) -> list[str]:
    """Returns the licence texts in a package's folder, each once."""
    files = sorted({file for pattern in TEXTS for file in folder.glob(pattern) if file.is_file()})
    return list(dict.fromkeys(file.read_text(errors="replace").strip() for file in files))


def main() -> int:
    """Prints what is built in, and then each text with those whom it covers."""
    tree, *folders = map(Path, sys.argv[1:])
    packages = sorted(crates(tree) + [node_package(folder) for folder in folders])
    covered: dict[str, list[str]] = {}
    print("What is built into aisoc-publisher and aisoc-publisher-desktop, each under its licence:\n")
    for name, licence, folder in packages:
        found = texts(folder)
        print(f"  {name}: {licence}{'' if found else ' (its package holds no text of it)'}")
        for text in found:
            covered.setdefault(text, []).append(name)
    for text, names in covered.items():
        print(f"\n{'=' * 100}\n{', '.join(names)}\n{'-' * 100}\n{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
