"""Python 3.11's `pathlib` where the contract leans on it, for any Python.

Later versions walk folders and take errors in other ways. These functions keep 3.11's behaviour, and a test compares
them with the real thing when it runs on 3.11. The patch releases up to 3.11.2 at least differ in one place that is left
out here: at a symlink behind a folder that may not be entered, they stop descending from the folder that holds it.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP})
"""What counts as "not there"; every other error is raised."""


def exists(path: Path) -> bool:
    """Answers as `Path.exists` of 3.11."""
    return _mode(path) is not None


def is_folder(path: Path) -> bool:
    """Answers as `Path.is_dir` of 3.11."""
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def is_regular_file(path: Path) -> bool:
    """Answers as `Path.is_file` of 3.11."""
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError as error:
        if error.errno in ABSENT:
            return None
        raise


def python_files(folder: Path) -> Iterator[Path]:
    """Yields what `folder.rglob("*.py")` of 3.11 yields, whatever kind of entry it is."""
    for place in _folders(folder):
        try:
            with os.scandir(place) as entries:
                names = [entry.name for entry in entries]
        except PermissionError:
            continue
        yield from (place / name for name in names if name.endswith(".py"))


def _folders(folder: Path) -> Iterator[Path]:
    """Yields a folder and those below it, without following links."""
    yield folder
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except PermissionError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _folders(folder / entry.name)
