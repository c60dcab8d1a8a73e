"""Command line of the differential harness: `python3 -m differential --binary PATH`, from the folder `tests`."""

import argparse
import platform
import sys
import time
from collections import Counter
from pathlib import Path

import yaml

from reference.model import Format

from .case import Case
from .fetch import CACHE, FetchError
from .oracle import Answer, Expected, expect
from .run import run, write_report
from .sources import SOURCES, Plan, corpus_lines
from .verdict import MAX_DECLINED_SHARE, Outcome, Tally

ROOT = Path(__file__).resolve().parents[2]
PYYAML_VERSION = "6.0.3"


def main() -> int:
    """Runs the comparison and returns the exit status: 0 proven, 1 not, 3 could not be run."""
    options = _options()
    problem = _wrong_oracle()
    if problem is None and not options.binary.is_file():
        problem = f"no program at `{options.binary}`; `cargo build --example canonicalize -p aisoc-canonical` makes it"
    if problem is not None:
        print(f"error: {problem}", file=sys.stderr)
        return 3

    plan = Plan(options.seed, options.count, options.sources, options.extra_length)
    started = time.monotonic()
    try:
        for source in plan.sources:
            plan.size(source)  # Fetches before the work is shared out, once.
        if "mutants" in plan.sources:
            list(plan.documents("mutants", 0, 1))
        tallies = run(plan, [options.binary.resolve()], options.jobs, _progress)
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3

    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    _print_summary(plan, tallies, total, time.monotonic() - started)
    if total.disagreement_count:
        written = write_report(options.report, total.disagreements)
        print(f"\n{written} of them, shrunk: {options.report}")
        for line in options.report.read_text(encoding="utf-8").splitlines()[:10]:
            print(f"  {line[:400]}")
    return 0 if total.passes else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m differential",
        description="Compare our reader of manifests with CPython and PyYAML.",
        epilog="exit status: 0 no disagreement and few declined, 1 otherwise, 3 the comparison could not be run",
    )
    add = parser.add_argument
    add("--binary", type=Path, metavar="PATH", required=True, help="the built example `canonicalize`")
    add("--seed", default="1", help="any text; the same seed makes the same documents (default: 1)")
    add(
        "--count",
        type=int,
        default=100_000,
        metavar="N",
        help="documents to make from the seed (default: 100000)",
    )
    add("--jobs", type=int, default=2, metavar="N", help="worker processes (default: 2)")
    add(
        "--sources",
        type=_sources,
        default=SOURCES,
        metavar="LIST",
        help=f"some of {','.join(SOURCES)} (default: all); pyyaml, suite and mutants fetch test data once",
    )
    add(
        "--extra-length",
        type=int,
        default=0,
        metavar="N",
        help="lengthen the enumerated sequences by N (default: 0)",
    )
    default_report = CACHE / "disagreements.jsonl"
    add(
        "--report",
        type=Path,
        default=default_report,
        metavar="FILE",
        help="where disagreements go, as JSON lines",
    )
    return parser.parse_args()


def _sources(text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in text.split(","))
    for name in chosen:
        if name not in SOURCES:
            raise argparse.ArgumentTypeError(f"no source is called `{name}`; there are {', '.join(SOURCES)}")
    return chosen


def _wrong_oracle() -> str | None:
    """Returns why this Python cannot stand in for the loader's, or None.

    The contract is about Python 3.11. Another version will do if it gives every answer that 3.11 was recorded to give.
    """
    if yaml.__version__ != PYYAML_VERSION:
        return f"this is PyYAML {yaml.__version__}; the contract is about {PYYAML_VERSION}"
    for record in corpus_lines():
        fmt: Format = "json" if "json" in record else "yaml"
        answer = expect(Case(record["name"], record[fmt], fmt))
        recorded = Expected(Answer.CANONICAL, record["canonical"]) if "canonical" in record else None
        if answer != recorded if recorded else answer.answer is not Answer.ERROR:
            return f"Python {platform.python_version()} reads `{record['name']}` otherwise than 3.11 did: {answer.text}"
    return None


def _progress(total: Tally, seconds: float) -> None:
    rate = total.total / seconds
    print(
        f"{seconds:6.0f} s  {total.total:>9,} documents  {rate:,.0f}/s  disagreements: {total.disagreement_count}",
        file=sys.stderr,
    )


def _print_summary(plan: Plan, tallies: dict[str, Tally], total: Tally, seconds: float) -> None:
    oracle = f"CPython {platform.python_version()}, PyYAML {yaml.__version__}"
    print(f"oracle {oracle}; seed {plan.seed!r}, {plan.count:,} documents from it; {seconds:.0f} s\n")
    columns = ("documents", "agreed bytes", "agreed errors", "declined", "gave up", "disagreements")
    print(f"{'source':<12}" + "".join(f"{column:>15}" for column in columns))
    for source, tally in [*tallies.items(), ("total", total)]:
        outcomes = tally.outcomes
        numbers = (
            tally.total,
            outcomes[Outcome.AGREED_BYTES],
            outcomes[Outcome.AGREED_ERROR],
            outcomes[Outcome.DECLINED],
            outcomes[Outcome.GAVE_UP],
            tally.disagreement_count,
        )
        print(f"{source:<12}" + "".join(f"{number:>15,}" for number in numbers))
    _print_counts("declined, by code", total.declined, total.declined_examples)
    _print_counts("oracle gave up", total.gave_up, {})
    if total.also_declined:
        print(f"\nagreed errors that ours declined without knowing that Python fails: {total.also_declined:,}")
    print(f"\nagreed bytes:  {total.outcomes[Outcome.AGREED_BYTES]:,}")
    print(f"agreed errors: {total.outcomes[Outcome.AGREED_ERROR]:,}")
    print(
        f"declined:      {total.outcomes[Outcome.DECLINED]:,} "
        f"({total.declined_share:.4%} of accepted, at most {MAX_DECLINED_SHARE:.1%})"
    )
    print(f"disagreements: {total.disagreement_count:,}")
    for outcome in Outcome:
        if outcome.disagrees and total.outcomes[outcome]:
            print(f"  {outcome.value}: {total.outcomes[outcome]:,}")


def _print_counts(title: str, counts: Counter[str], examples: dict[str, str]) -> None:
    if counts:
        print(f"\n{title}:")
    for name, count in counts.most_common():
        example = f"   for example {examples[name][:70]!r}" if name in examples else ""
        print(f"  {count:>8,}  {name}{example}")


if __name__ == "__main__":
    sys.exit(main())
