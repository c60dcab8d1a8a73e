"""Judges one comparison, and adds the judgements up."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from .case import Case
from .door import Reply
from .oracle import Answer, Expected

MAX_DECLINED_SHARE = 0.001
"""Declined documents may be at most this share of those that Python accepts."""


class Outcome(Enum):
    """How one comparison ended. The last four are disagreements."""

    AGREED_BYTES = "agreed bytes"
    AGREED_ERROR = "agreed error"
    DECLINED = "declined"
    GAVE_UP = "oracle gave up"
    WRONG_BYTES = "other bytes than Python's"
    WRONGLY_ACCEPTED = "accepted what Python refuses"
    WRONGLY_REJECTED = "says the loader fails where it does not"
    BROKEN = "gave no answer"

    @property
    def disagrees(self) -> bool:
        """Returns whether this outcome makes a run fail."""
        return self in (
            Outcome.WRONG_BYTES,
            Outcome.WRONGLY_ACCEPTED,
            Outcome.WRONGLY_REJECTED,
            Outcome.BROKEN,
        )


def judge(expected: Expected, reply: Reply) -> Outcome:
    """Compares Python's answer with the Rust reader's."""
    if reply.broken is not None:
        return Outcome.BROKEN
    if expected.answer is Answer.GAVE_UP:
        return Outcome.GAVE_UP
    if expected.answer is Answer.ERROR:
        return Outcome.WRONGLY_ACCEPTED if reply.error is None else Outcome.AGREED_ERROR
    if reply.error is not None:
        return Outcome.WRONGLY_REJECTED if reply.loader_fails else Outcome.DECLINED
    return Outcome.AGREED_BYTES if reply.canonical == expected.text else Outcome.WRONG_BYTES


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One document on which the two differ, shrunk as far as it went, beside the document that showed it."""

    outcome: Outcome
    case: Case
    expected: Expected
    reply: Reply
    original: str

    def as_json(self) -> dict[str, object]:
        """Returns the record that a report holds, one to a line."""
        return {
            "outcome": self.outcome.value,
            "name": self.case.name,
            "format": self.case.format,
            "manifest": self.case.manifest,
            "text": self.case.text,
            "python": {self.expected.answer.value: self.expected.text},
            "rust": _reply_as_json(self.reply),
            "original": self.original,
        }


def _reply_as_json(reply: Reply) -> dict[str, object]:
    if reply.broken is not None:
        return {"broken": reply.broken}
    return {"error": reply.error} if reply.error is not None else {"canonical": reply.canonical}


@dataclass(slots=True)
class Tally:
    """The sums of a run or of a part of one."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    declined: Counter[str] = field(default_factory=Counter)
    declined_examples: dict[str, str] = field(default_factory=dict)
    gave_up: Counter[str] = field(default_factory=Counter)
    also_declined: int = 0
    """Agreed errors where ours declined without knowing that Python fails."""
    disagreements: list[Disagreement] = field(default_factory=list)

    def count(self, outcome: Outcome, case: Case, expected: Expected, reply: Reply) -> None:
        """Adds one judged comparison."""
        self.outcomes[outcome] += 1
        if outcome is Outcome.DECLINED:
            self.declined[reply.code] += 1
            self.declined_examples.setdefault(reply.code, case.text)
        elif outcome is Outcome.GAVE_UP:
            self.gave_up[expected.text] += 1
        elif outcome is Outcome.AGREED_ERROR and not reply.loader_fails:
            self.also_declined += 1

    def add(self, other: "Tally") -> None:
        """Adds another part of the run."""
        self.outcomes.update(other.outcomes)
        self.declined.update(other.declined)
        for code, text in other.declined_examples.items():
            self.declined_examples.setdefault(code, text)
        self.gave_up.update(other.gave_up)
        self.also_declined += other.also_declined
        self.disagreements.extend(other.disagreements)

    @property
    def total(self) -> int:
        """Returns the number of documents compared."""
        return self.outcomes.total()

    @property
    def disagreement_count(self) -> int:
        """Returns the number of documents on which the two differ."""
        return sum(count for outcome, count in self.outcomes.items() if outcome.disagrees)

    @property
    def declined_share(self) -> float:
        """Returns declined documents as a share of those that Python accepts and both answered."""
        accepted = self.outcomes[Outcome.AGREED_BYTES] + self.outcomes[Outcome.DECLINED]
        return self.outcomes[Outcome.DECLINED] / accepted if accepted else 0.0

    @property
    def passes(self) -> bool:
        """Returns whether the run proves what it is for."""
        return self.total > 0 and self.disagreement_count == 0 and self.declined_share <= MAX_DECLINED_SHARE
