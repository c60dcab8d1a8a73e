"""Drives the installed window from the first screen to the hand-over: `python3 -m window.installed --out FOLDER`.

It signs a plugin as a user of the package does, through the programs in PATH, and leaves what came of it in FOLDER.
"""

import argparse
import shutil
import sys
from pathlib import Path

from .browser import WebDriverError, Window
from .desktop import Desktop, wait_for
from .reader import TITLE, ReadingDesktop, ReadWindow

SAMPLE = Path(__file__).resolve().parent.parent / "plugins/virustotal"
KEY_ID = "package-test"
INSTALL = "pip install aisoc-plugin-virustotal"


def main() -> int:
    """Returns 0 when the path came to its end."""
    parser = argparse.ArgumentParser(prog="python3 -m window.installed")
    parser.add_argument("--app", default="aisoc-publisher-desktop", help="the window's program, by default the installed one")
    parser.add_argument("--out", type=Path, required=True, help="a folder for what comes of it")
    options = parser.parse_args()
    out = options.out.resolve()
    app = Path(shutil.which(options.app) or parser.error(f"there is no `{options.app}`"))

    with ReadingDesktop(keyring=True) as desktop:
        plugin = desktop.folder("home/code") / "virustotal"
        shutil.copytree(SAMPLE, plugin)
        window = ReadWindow(desktop, app)
        window.heading("Make your publisher key")
        window.type("Name of the key", KEY_ID)
        window.press("Make publisher key")
        window.heading("is ready to sign")
        window.press("Later")
        window.press("Choose a plugin folder")
        desktop.answer_dialog("Choose a plugin folder", plugin)
        window.heading("Check what will be signed")
        window.press("Continue to signing")
        window.heading("Sign 5 files and the manifest")
        window.press("Sign 5 files")
        window.heading("Signed. Operators will see “verified”")
        window.press("Prepare marketplace entry")
        window.heading("Where does the entry go?")
        window.choose("Just the entry")
        window.press("Make just the entry")
        window.heading("Complete the marketplace entry")
        window.type("Install line", INSTALL)
        window.heading("The marketplace entry is complete")
        window.press("Save entry")
        desktop.answer_dialog("Save the marketplace entry", out / "entry.json", "alt+s")
        window.heading("The marketplace entry is saved")
        window.press("Continue to hand over")
        window.heading("Hand your public key to operators")
        window.press(f"Save {KEY_ID}.pem")
        desktop.answer_dialog(f"Open the folder where {KEY_ID}.pem is to be saved", out)
        window.heading("Your part here is done")
        desktop.run("import", "-window", window.shell, out / "window.png")
        wait_for((out / f"{KEY_ID}.pem").exists, "the public key's file")
        shutil.copytree(plugin, out / plugin.name)
        window.close()
        check_nobody_else_drives(desktop, app)
    return 0


def check_nobody_else_drives(desktop: Desktop, app: Path) -> None:
    """Checks that WebDriver gets no hold of the window: who could drive the page from outside could sign."""
    if not shutil.which("WebKitWebDriver"):
        raise SystemExit("error: there is no WebKitWebDriver to try")
    try:
        Window(desktop, app)
    except (WebDriverError, OSError) as error:
        # The program did start, or the refusal would mean nothing.
        desktop.window_id(TITLE)
        print(f"  WebDriver is turned down ({error})", file=sys.stderr)
    else:
        raise SystemExit("error: WebDriver can drive this build")


if __name__ == "__main__":
    sys.exit(main())
