"""Where the documents come from: kept data, other projects' test data, enumeration and seeds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import fetch
from .case import Case
from .generate import enumerated, generate, mutant

DATA = Path(__file__).resolve().parents[1] / "data"

SOURCES = ("corpus", "pyyaml", "suite", "enumerated", "generated", "mutants")
"""Every source, in the order in which they run.

`corpus`: the minimal cases and the real manifests that the repository keeps. `pyyaml`, `suite`: PyYAML's own test data
and the yaml-test-suite, fetched. `enumerated`: every short sequence over some alphabets. `generated`: documents from
the seed. `mutants`: damaged documents of the first three.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: enough to make every document of a run again."""

    seed: str
    count: int
    """Documents to make from the seed, over `generated` and `mutants` together."""
    sources: tuple[str, ...]
    extra_length: int = 0
    """How much longer than usual the enumerated sequences get."""

    def size(self, source: str) -> int:
        """Returns how many documents a source gives in this plan."""
        if source == "enumerated":
            return enumerated.count(self.extra_length)
        mutants = (
            0 if "mutants" not in self.sources else self.count if "generated" not in self.sources else self.count // 4
        )
        if source == "mutants":
            return mutants
        if source == "generated":
            return self.count - mutants
        return len(_kept(source))

    def documents(self, source: str, start: int, stop: int) -> Iterator[Case]:
        """Yields documents `start` up to `stop` of a source."""
        if source == "enumerated":
            yield from enumerated.documents(start, stop, self.extra_length)
        elif source == "generated":
            yield from (generate(self.seed, index) for index in range(start, stop))
        elif source == "mutants":
            yield from (mutant(self.seed, index, _pool()) for index in range(start, stop))
        else:
            yield from _kept(source)[start:stop]


def corpus_lines() -> list[dict[str, str]]:
    """Returns the records of `python-canonical.jsonl`."""
    text = (DATA / "python-canonical.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


@cache
def _kept(source: str) -> list[Case]:
    if source == "corpus":
        return _corpus()
    if source == "pyyaml":
        return [Case(f"pyyaml/{doc.name}", doc.text) for doc in fetch.pyyaml_documents()]
    if source == "suite":
        cases = []
        for doc in fetch.suite_documents():
            cases.append(Case(f"suite/{doc.name}", doc.text))
            if doc.name.endswith("/json"):
                cases.append(Case(f"suite/{doc.name}", doc.text, "json"))
        return cases
    raise ValueError(f"no source is called `{source}`")


def _corpus() -> list[Case]:
    cases = []
    for record in corpus_lines():
        fmt = "json" if "json" in record else "yaml"
        for manifest in (False, True):
            cases.append(Case(f"corpus/{record['name']}", record[fmt], "json" if fmt == "json" else "yaml", manifest))
    for path in sorted((DATA / "manifests").glob("*.yaml")):
        cases += [
            Case(f"corpus/{path.name}", path.read_text(encoding="utf-8"), "yaml", manifest)
            for manifest in (False, True)
        ]
    return cases


@cache
def _pool() -> list[Case]:
    """Everything that was written by people, without what is too long to damage usefully."""
    return [case for source in ("corpus", "pyyaml", "suite") for case in _kept(source) if len(case.text) < 4000]
