"""Runs a function as an ordinary user, since root may read what modes forbid."""

import os
import pickle
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

NOBODY = 65534


def as_ordinary_user(function: Callable[[], Result]) -> Result:
    """Returns `function()`, run as `nobody` in a child process when this one is root's.

    The child is forked, so it needs no right to read this program's files. What `function` raises is raised here.
    """
    if os.geteuid() != 0:
        return function()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            outcome: tuple[bool, object] = (True, function())
        except BaseException as error:  # It is raised again in the parent.
            outcome = (False, error)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(outcome, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        well, value = pickle.load(pipe)
    os.waitpid(child, 0)
    if not well:
        raise value
    result: Result = value
    return result
