"""What Python answers for a document: canonical bytes, an error, or nothing within reason.

The answer is that of `yaml.safe_load` or `json.loads` followed by `json.dumps`. Only the guards are ours: aliases and
merges can make a few hundred bytes expand to gigabytes, and such a document would stop the run, so its expanded size
is computed from the node graph before anything is expanded.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from types import FrameType
from typing import Any

import yaml

from reference.model import canonical_text, parse, universal_newlines, without_unsigned_keys

from .case import Case

MAX_EXPANDED_NODES = 200_000
"""Documents that expand to more nodes than this are not expanded."""

MAX_SECONDS = 10.0
"""Documents that take Python longer than this are abandoned."""

MERGE_TAG = "tag:yaml.org,2002:merge"


class Answer(Enum):
    """How Python's attempt at a document ended."""

    CANONICAL = "canonical"
    ERROR = "error"
    GAVE_UP = "gave up"


@dataclass(frozen=True, slots=True)
class Expected:
    """Python's answer; `text` is the canonical text, the exception, or the guard that stopped it."""

    answer: Answer
    text: str


class _TooLong(BaseException):
    """Ends a document that takes too long; no `except Exception` in a parser may swallow it."""


class _TooLarge(Exception):
    """Ends a document that would expand beyond reason."""


def expect(case: Case) -> Expected:
    """Returns Python's answer for a case. Must run in the main thread, whose alarm clock it uses."""
    try:
        with _time_limit(MAX_SECONDS):
            return Expected(Answer.CANONICAL, _canonical(case))
    except _TooLong:
        return Expected(Answer.GAVE_UP, f"over {MAX_SECONDS:g} seconds")
    except _TooLarge:
        return Expected(Answer.GAVE_UP, f"expands to over {MAX_EXPANDED_NODES} nodes")
    except MemoryError:
        raise
    except Exception as error:  # Whatever Python raises, the loader fails: that is the contract.
        return Expected(Answer.ERROR, f"{type(error).__name__}: {error}")


def _canonical(case: Case) -> str:
    # Without a `*` there is no alias, and without an alias nothing expands.
    if case.format == "yaml" and "*" in case.text:
        value = _load_guarded(universal_newlines(case.text))
    else:
        value = parse(case.text, case.format)
    if case.manifest and isinstance(value, dict):
        value = without_unsigned_keys(value)
    return canonical_text(value)


def _load_guarded(text: str) -> Any:
    """Does what `yaml.safe_load` does, with a look at the composed nodes in between."""
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _refuse_bomb(node)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_bomb(root: yaml.Node) -> None:
    """Raises when a node graph, written as a tree with its merges copied in, has too many nodes."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node) -> int:
        known = sizes.get(id(node))
        if known is not None:
            return known
        sizes[id(node)] = 1  # Stands in for the node inside itself: Python reports the cycle cheaply.
        total = 1
        if isinstance(node, yaml.SequenceNode):
            total += sum(size(item) for item in node.value)
        elif isinstance(node, yaml.MappingNode):
            # A merged mapping's pairs are copied, so it counts like a value; a list of them likewise.
            total += sum(size(key) + size(value) for key, value in node.value)
        sizes[id(node)] = total
        if total > MAX_EXPANDED_NODES:
            raise _TooLarge
        return total

    size(root)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _TooLong

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
