"""Walks the sample plugin through the window and keeps everything: `python3 -m window.tour --app PATH --out FOLDER`."""

import argparse
import re
import shutil
import sys
import unittest
from pathlib import Path

from . import journeys
from .browser import Window
from .desktop import Desktop

PATH = "test_from_the_first_screen_to_the_hand_over"
DARK = "[Settings]\ngtk-application-prefer-dark-theme=1\n"


class PicturedWindow(Window):
    """A window that is pictured whenever its headline has changed."""

    pictures: Path

    def heading(self, text: str) -> None:
        super().heading(text)
        headline = self.script("return document.querySelector('h1').innerText")
        number = len(list(self.pictures.iterdir())) + 1
        name = re.sub(r"[^a-z0-9]+", "-", headline.lower()).strip("-")
        self.picture(self.pictures / f"{number:02}-{name}.png")


class Kept(journeys.Journey):
    """A journey whose folders stay."""

    kept: Path
    dark = False

    def setUp(self) -> None:
        super().setUp()
        # Cleanups run backwards: this one comes before the desktop's folders go.
        self.addCleanup(self.keep)
        if self.dark:
            (self.desktop.folder("home/.config/gtk-3.0") / "settings.ini").write_text(DARK)

    def open(self, *arguments: str) -> Window:
        return self.enterContext(PicturedWindow(self.desktop, journeys.APP, *arguments))

    def keep(self) -> None:
        """Copies what the path left."""
        shutil.copytree(self.plugin, self.kept / self.plugin.name)
        shutil.copytree(self.out, self.kept, dirs_exist_ok=True)
        if not self.keyring:
            shutil.copytree(self.desktop.data / "keys", self.kept / "private")


class WithKeyring(Kept, journeys.WithKeyring):
    """The path on a private session that has a keyring."""


class WithoutKeyring(Kept, journeys.WithoutKeyring):
    """The path where no keyring can be started."""


def has_keyring() -> bool:
    """Tries whether a private session gets a keyring here; some containers forbid the memory lock that it wants."""
    try:
        with Desktop(keyring=True):
            return True
    except (OSError, TimeoutError) as error:
        print(f"No keyring can be started here ({error}), so the key goes into a file under a passphrase:")
        print(f"  {journeys.PASSPHRASE}")
        return False


def main() -> int:
    """Returns 0 when the path came to its end and what it left is right."""
    parser = argparse.ArgumentParser(prog="python3 -m window.tour", description="Walk the sample plugin through the window.")
    parser.add_argument("--app", type=Path, required=True, help="the window's program, a debug build or one with `automation`")
    parser.add_argument("--out", type=Path, required=True, help="a folder for what it leaves; `pictures` in it must not exist")
    parser.add_argument("--dark", action="store_true", help="on a desktop that prefers dark windows")
    options = parser.parse_args()
    journeys.APP = options.app.resolve(strict=True)
    Kept.kept = options.out.resolve()
    Kept.dark = options.dark
    PicturedWindow.pictures = Kept.kept / "pictures"
    PicturedWindow.pictures.mkdir(parents=True)
    path = (WithKeyring if has_keyring() else WithoutKeyring)(PATH)
    return 0 if unittest.TextTestRunner(verbosity=0).run(path).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
