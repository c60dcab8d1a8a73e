"""Answers that are good for a while."""

import time
from collections.abc import Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class TimedCache(Generic[Answer]):
    """Keeps answers for a number of seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[Hashable, tuple[float, Answer]] = {}

    def get(self, key: Hashable) -> Answer | None:
        """Returns an answer that is young enough."""
        kept = self._kept.get(key)
        return kept[1] if kept and kept[0] > time.monotonic() else None

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keeps an answer."""
        self._kept[key] = time.monotonic() + self._seconds, answer
