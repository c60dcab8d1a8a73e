"""Makes a failing document small: the shorter it is, the plainer the rule that it breaks."""

from collections.abc import Callable

MAX_TRIALS = 1500
"""Trials after which the shortest document so far has to do."""


def shrink(text: str, fails: Callable[[str], bool], max_trials: int = MAX_TRIALS) -> str:
    """Returns a shorter text for which `fails` still holds, first by dropping parts, then by plainer characters.

    `fails(text)` must hold at the start. The result is 1-minimal by characters unless the trials ran out.
    """
    trials = 0
    seen: dict[str, bool] = {}

    def holds(candidate: str) -> bool:
        nonlocal trials
        if candidate in seen:
            return seen[candidate]
        if trials >= max_trials:
            return False
        trials += 1
        seen[candidate] = fails(candidate)
        return seen[candidate]

    while True:
        smaller = _drop_parts(text, holds)
        smaller = _plainer_characters(smaller, holds)
        if smaller == text or trials >= max_trials:
            return smaller
        text = smaller


def _drop_parts(text: str, holds: Callable[[str], bool]) -> str:
    size = max(len(text) // 2, 1)
    while size >= 1:
        start = 0
        while start < len(text):
            candidate = text[:start] + text[start + size :]
            if candidate != text and holds(candidate):
                text = candidate
            else:
                start += size
        size = size // 2 if size > 1 else 0
    return text


def _plainer_characters(text: str, holds: Callable[[str], bool]) -> str:
    for index, character in enumerate(text):
        for plain in ("a", " ", "1"):
            if character == plain:
                break
            candidate = text[:index] + plain + text[index + 1 :]
            if holds(candidate):
                text = candidate
                break
    return text
