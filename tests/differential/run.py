"""Runs a plan over worker processes, each with its own oracle and its own Rust children."""

import json
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .case import Case
from .door import Door, Reply
from .oracle import Expected, expect
from .shrink import shrink
from .sources import Plan
from .verdict import Disagreement, Outcome, Tally, judge

CHUNK = 1000
"""Documents that a worker takes at a time."""

MAX_SHRUNK_PER_CHUNK = 5
"""A reader that is wrong everywhere would otherwise spend the run on shrinking."""

MAX_REPORTED = 50
"""Disagreements that a report holds in full; all are counted."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one source."""

    source: str
    start: int
    stop: int


class Bench:
    """Compares documents: one Python oracle, and one Rust child for each of the program's two modes."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._doors = {manifest: Door(command, manifest) for manifest in (False, True)}

    def compare(self, cases: Sequence[Case], shrink_at_most: int = MAX_SHRUNK_PER_CHUNK) -> Tally:
        """Compares documents in bulk, and shrinks the first disagreements."""
        tally = Tally()
        for manifest, door in self._doors.items():
            batch = [case for case in cases if case.manifest is manifest]
            door.submit(batch)
            # Python works while Rust does.
            answers = [expect(case) for case in batch]
            for case, expected, reply in zip(batch, answers, door.collect(), strict=True):
                outcome = judge(expected, reply)
                tally.count(outcome, case, expected, reply)
                if outcome.disagrees and len(tally.disagreements) < shrink_at_most:
                    tally.disagreements.append(self._shrunk(case, outcome, expected, reply))
        return tally

    def close(self) -> None:
        """Ends the Rust children."""
        for door in self._doors.values():
            door.close()

    def _shrunk(self, case: Case, outcome: Outcome, expected: Expected, reply: Reply) -> Disagreement:
        def still(text: str) -> bool:
            return self._judge(case.with_text(text))[0] is outcome

        # A child that dies or hangs costs a restart, or half a minute, each time.
        trials = 40 if outcome is Outcome.BROKEN else 1500
        small = case.with_text(shrink(case.text, still, trials))
        again, expected_small, reply_small = self._judge(small)
        if again is not outcome:  # It depends on what came before: report what was seen.
            return Disagreement(outcome, case, expected, reply, case.text)
        return Disagreement(outcome, small, expected_small, reply_small, case.text)

    def _judge(self, case: Case) -> tuple[Outcome, Expected, Reply]:
        expected, reply = expect(case), self._doors[case.manifest].ask(case)
        return judge(expected, reply), expected, reply


def chunks(plan: Plan) -> Iterator[Chunk]:
    """Cuts a plan into chunks, source by source."""
    for source in plan.sources:
        size = plan.size(source)
        for start in range(0, size, CHUNK):
            yield Chunk(source, start, min(start + CHUNK, size))


def run(
    plan: Plan, command: Sequence[str | Path], jobs: int, progress: Callable[[Tally, float], None]
) -> dict[str, Tally]:
    """Runs a plan and returns the sums by source. `progress` gets the sum so far and the seconds gone, now and then."""
    tallies = {source: Tally() for source in plan.sources}
    total, started, said = Tally(), time.monotonic(), 0.0
    work = list(chunks(plan))
    with multiprocessing.Pool(jobs, _start_worker, (plan, [str(part) for part in command])) as pool:
        for source, tally in pool.imap_unordered(_run_chunk, work):
            tallies[source].add(tally)
            total.add(tally)
            gone = time.monotonic() - started
            if gone - said > 10:
                said = gone
                progress(total, gone)
    return tallies


def write_report(path: Path, disagreements: Sequence[Disagreement]) -> int:
    """Writes the first disagreements, one JSON object a line, each shrunk text once; returns how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    records: dict[tuple[str, str], dict[str, object]] = {}
    for item in sorted(disagreements, key=lambda item: (len(item.case.text), item.case.text)):
        records.setdefault((item.case.format, item.case.text), item.as_json())
    kept = list(records.values())[:MAX_REPORTED]
    path.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
    return len(kept)


_worker: tuple[Plan, Bench] | None = None


def _start_worker(plan: Plan, command: list[str]) -> None:
    global _worker
    _worker = plan, Bench(command)


def _run_chunk(chunk: Chunk) -> tuple[str, Tally]:
    assert _worker is not None, "the pool's initializer ran"
    plan, bench = _worker
    return chunk.source, bench.compare(list(plan.documents(chunk.source, chunk.start, chunk.stop)))
