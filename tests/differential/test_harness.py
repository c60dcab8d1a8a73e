"""Tests of the harness itself: that it finds what is wrong, invents nothing, and can be repeated."""

import sys
import tempfile
import unittest
from pathlib import Path

import yaml

from reference.model import canonical_text

from . import oracle
from .case import Case
from .door import Door
from .generate import FAMILIES, JSON_FAMILIES, enumerated, generate
from .oracle import Answer, expect
from .run import Bench, run, write_report
from .shrink import shrink
from .sources import Plan, corpus_lines
from .verdict import Outcome, Tally

TESTS = Path(__file__).resolve().parents[1]


def stand_in(fault: str) -> list[str]:
    """Returns the command of a stand-in for the Rust program with one fault."""
    start = f"import sys; sys.path.insert(0, {str(TESTS)!r}); from differential.faulty_door import main; main()"
    return [sys.executable, "-c", start, fault]


def compare(fault: str, *texts: str, manifest: bool = False) -> Tally:
    """Compares a few documents with a faulty stand-in."""
    bench = Bench(stand_in(fault))
    try:
        return bench.compare([Case(f"test/{index}", text, "yaml", manifest) for index, text in enumerate(texts)])
    finally:
        bench.close()


class FindsFaults(unittest.TestCase):
    def assert_found(self, tally: Tally, outcome: Outcome, shrunk: str) -> None:
        self.assertEqual(tally.outcomes[outcome], 1, tally)
        self.assertFalse(tally.passes)
        self.assertEqual([(item.outcome, item.case.text) for item in tally.disagreements], [(outcome, shrunk)])

    def test_no_fault_no_disagreement(self) -> None:
        tally = compare("none", "a: 1", "a: [", "2024-01-15", "a: &x 1\nb: *x", "")
        self.assertEqual((tally.outcomes[Outcome.AGREED_BYTES], tally.outcomes[Outcome.AGREED_ERROR]), (3, 2))
        self.assertTrue(tally.passes)

    def test_other_value(self) -> None:
        self.assert_found(compare("new-octals", "mode: 0o17 # octal\n", "mode: 017"), Outcome.WRONG_BYTES, "0o17")

    def test_other_spelling_of_the_same_value(self) -> None:
        self.assert_found(compare("raw-utf8", "name: café\n"), Outcome.WRONG_BYTES, "é")

    def test_accepts_what_python_refuses(self) -> None:
        self.assert_found(compare("lenient", "key: *nowhere\n"), Outcome.WRONGLY_ACCEPTED, "*a")

    def test_blames_the_loader_wrongly(self) -> None:
        self.assert_found(compare("strict", "a: b\nc: ~\n"), Outcome.WRONGLY_REJECTED, "~")

    def test_keeps_a_key_that_the_loader_drops(self) -> None:
        tally = compare("keeps-trust", "id: x\ntrust: y\n", "id: x\n", manifest=True)
        self.assertEqual(tally.outcomes[Outcome.WRONG_BYTES], 1)
        self.assertIn("trust", tally.disagreements[0].case.text)

    def test_dies_and_goes_on_with_the_rest(self) -> None:
        tally = compare("dies", "a: 1", "a: &x 1", "b: 2")
        self.assert_found(tally, Outcome.BROKEN, "&")
        self.assertIn("died of an ampersand", tally.disagreements[0].reply.broken or "")
        self.assertEqual(tally.outcomes[Outcome.AGREED_BYTES], 2)

    def test_answers_outside_the_protocol(self) -> None:
        self.assert_found(compare("babbles", "a: 1", "a: &x 1"), Outcome.BROKEN, "&")

    def test_hangs(self) -> None:
        with Door(stand_in("hangs"), patience=1.0) as door:
            door.submit([Case("a", "&x 1"), Case("b", "1")])
            hung, next_one = door.collect()
        self.assertIn("hung", hung.broken or "")
        self.assertEqual(next_one.canonical, "1")

    def test_declining_is_counted_by_code_and_limited(self) -> None:
        tally = compare("declines", "~", "1")
        self.assertEqual(tally.declined, {"tilde": 1})
        self.assertEqual(tally.disagreement_count, 0)
        self.assertFalse(tally.passes, "half of the accepted documents are far more than the limit")

    def test_declining_what_python_refuses_is_agreement(self) -> None:
        self.assertEqual(compare("declines", "~: 1\nb: 2").outcomes[Outcome.AGREED_ERROR], 1)

    def test_nothing_compared_proves_nothing(self) -> None:
        self.assertFalse(Tally().passes)


class Oracle(unittest.TestCase):
    def test_agrees_with_the_corpus(self) -> None:
        for record in corpus_lines():
            fmt = "json" if "json" in record else "yaml"
            with self.subTest(record["name"]):
                expected = expect(Case(record["name"], record[fmt], "json" if fmt == "json" else "yaml"))
                if "error" in record:
                    self.assertIs(expected.answer, Answer.ERROR)
                else:
                    self.assertEqual(expected.text, record["canonical"])

    def test_guarded_loading_is_safe_load(self) -> None:
        text = "- &x {a: 1, b: [2]}\n- {<<: *x, c: *x}\n- &r [*x, {<<: [*x, {d: 4}]}]\n- *r\n"
        self.assertEqual(expect(Case("", text)).text, canonical_text(yaml.safe_load(text)))

    def test_cycles_are_errors_not_bombs(self) -> None:
        for text in ("&a [*a]", "&a {b: *a}", "- &a\n  <<: *b\n- &b\n  <<: *a\n"):
            self.assertIs(expect(Case("", text)).answer, Answer.ERROR, text)

    def test_gives_up_on_alias_and_merge_bombs(self) -> None:
        aliases = "\n".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" if n else "- &a0 [x]" for n in range(9))
        merges = "\n".join(
            f"- &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" if n else "- &a0 {x: y}" for n in range(9)
        )
        for text in (aliases, merges):
            self.assertIs(expect(Case("", text)).answer, Answer.GAVE_UP)

    def test_gives_up_after_a_while(self) -> None:
        patient = oracle.MAX_SECONDS
        oracle.MAX_SECONDS = 0.05
        try:
            self.assertIs(expect(Case("", "- a\n" * 50_000)).answer, Answer.GAVE_UP)
        finally:
            oracle.MAX_SECONDS = patient

    def test_gave_up_is_no_agreement(self) -> None:
        bomb = "\n".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" if n else "- &a0 [x]" for n in range(9))
        bench = Bench(
            [
                sys.executable,
                "-c",
                'import sys\nfor line in sys.stdin: print(\'{"canonical": "1"}\', flush=True)',
            ]
        )
        try:
            tally = bench.compare([Case("bomb", bomb), Case("one", "1")])
        finally:
            bench.close()
        self.assertEqual((tally.outcomes[Outcome.GAVE_UP], tally.gave_up.total()), (1, 1))

    def test_newlines_are_universal(self) -> None:
        self.assertEqual(expect(Case("", "a: 'x\r\n\r\n  y'\rb: 1")).text, '{"a":"x\\ny","b":1}')

    def test_manifest_drops_only_top_level_keys(self) -> None:
        text = "id: x\ntrust: 2024-01-15\nsignature: &s [*s]\nn: {trust: 1}\n"
        self.assertEqual(expect(Case("", text, manifest=True)).text, '{"id":"x","n":{"trust":1}}')
        self.assertEqual(expect(Case("", "[trust]", manifest=True)).text, '["trust"]')


class Generation(unittest.TestCase):
    def test_the_same_seed_makes_the_same_documents(self) -> None:
        first = [generate("a", index) for index in range(300)]
        self.assertEqual(first, [generate("a", index) for index in range(300)])
        self.assertNotEqual(first, [generate("b", index) for index in range(300)])

    def test_every_family_makes_documents_that_python_accepts_and_refuses(self) -> None:
        seen: dict[str, set[Answer]] = {}
        for index in range(4000):
            case = generate("families", index)
            seen.setdefault(case.name.rpartition(":")[2], set()).add(expect(case).answer)
        self.assertEqual(set(seen), {name for name, _, _ in FAMILIES + JSON_FAMILIES})
        for name, answers in seen.items():
            self.assertLessEqual({Answer.CANONICAL, Answer.ERROR}, answers, name)

    def test_documents_are_short(self) -> None:
        lengths = sorted(len(generate("short", index).text) for index in range(1000))
        self.assertLess(lengths[500], 120)

    def test_documents_are_utf8(self) -> None:
        for index in range(2000):
            generate("utf8", index).text.encode("utf-8")

    def test_enumeration_is_whole_and_without_repeats(self) -> None:
        _, tokens, longest = enumerated.ALPHABETS[0]
        texts = [case.text for case in enumerated.documents(0, sum(len(tokens) ** n for n in range(longest + 1)))]
        self.assertEqual(len(texts), len(set(texts)))
        self.assertEqual({len(text) for text in texts}, set(range(longest + 1)))
        self.assertEqual(len(list(enumerated.documents(0, 10**9))), enumerated.count())

    def test_enumeration_does_not_depend_on_where_it_starts(self) -> None:
        whole = list(enumerated.documents(14_000, 15_000))
        self.assertEqual(
            whole,
            [case for start in range(14_000, 15_000, 100) for case in enumerated.documents(start, start + 100)],
        )


class Running(unittest.TestCase):
    def test_shrinking_keeps_what_matters(self) -> None:
        self.assertEqual(shrink("some: text\nwith: 'x7y' in it\n", lambda text: "7" in text and "x" in text), "x7")

    def test_a_run_over_processes_counts_everything(self) -> None:
        plan = Plan("run", 2500, ("corpus", "generated"))
        tallies = run(plan, stand_in("none"), 2, lambda _tally, _seconds: None)
        self.assertEqual(tallies["generated"].total, 2500)
        self.assertEqual(tallies["corpus"].total, plan.size("corpus"))
        self.assertTrue(all(tally.passes for tally in tallies.values()))

    def test_a_report_holds_what_reproduces_the_fault(self) -> None:
        plan = Plan("run", 3000, ("generated",))
        tally = run(plan, stand_in("strict"), 1, lambda _tally, _seconds: None)["generated"]
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.jsonl"
            self.assertEqual(write_report(report, tally.disagreements), len(report.read_text().splitlines()))
            self.assertIn('"text": "~"', report.read_text())
        self.assertGreater(tally.disagreement_count, len(tally.disagreements))


if __name__ == "__main__":
    unittest.main()
