"""Drives the built window, from the folder `tests`: `python3 -m window --app PATH [--pictures FOLDER] [names]`."""

import argparse
import os
import sys
import unittest
from pathlib import Path

from . import clone, hostile, journeys, leaks


def main() -> int:
    """Returns 0 when every journey came to its end."""
    parser = argparse.ArgumentParser(prog="python3 -m window", description="Drive the real window as its user would.")
    parser.add_argument("--app", type=Path, required=True, help="the program, a debug build or one with `automation`")
    parser.add_argument(
        "--pictures",
        type=Path,
        default=os.environ.get("AISOC_WINDOW_PICTURES"),
        help="a folder for pictures of every task; AISOC_WINDOW_PICTURES names it too",
    )
    parser.add_argument("tests", nargs="*", help="such as leaks or journeys.WithKeyring.test_the_size_is_kept; all by default")
    options = parser.parse_args()
    journeys.APP = options.app.resolve(strict=True)
    if options.pictures:
        journeys.PICTURES = Path(options.pictures).resolve()
        journeys.PICTURES.mkdir(parents=True, exist_ok=True)
    load = unittest.defaultTestLoader
    suite = load.loadTestsFromModule(journeys)
    suite.addTests(load.loadTestsFromModule(leaks))
    suite.addTests(load.loadTestsFromModule(hostile))
    suite.addTests(load.loadTestsFromModule(clone))
    if options.tests:
        suite = load.loadTestsFromNames(options.tests, sys.modules[__package__])
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
