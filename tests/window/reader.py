"""The window as a screen reader has it: what is said, and what can be pressed, by its name on the accessibility bus.

This drives the very program that users get, which lets no test framework in. Needs Debian's own Python, for its bindings
to AT-SPI (packages `python3-gi gir1.2-atspi-2.0 at-spi2-core`).
"""

import os
import sys
import warnings
from pathlib import Path

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from .desktop import Desktop, end, wait_for  # noqa: E402

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
TITLE = "AiSOC Publisher"

# The bindings call half of their own functions deprecated.
warnings.simplefilter("ignore", DeprecationWarning)


class ReadingDesktop(Desktop):
    """A desktop on which a screen reader runs."""

    def _start(self) -> None:
        super()._start()
        del self.environment["NO_AT_BRIDGE"]
        with open(os.devnull, "w") as nowhere:
            self.start([LAUNCHER, "--launch-immediately", "--a11y=1", "--screen-reader=1"], stdout=nowhere, stderr=nowhere)
        wait_for(lambda: "org.a11y.Bus" in self._bus_names(), "the accessibility bus")
        # The bindings read the bus's address once for the life of a process: one desktop a run.
        os.environ.update(self.environment)
        Atspi.init()


class ReadWindow:
    """The program's window, read and pressed. It starts with the object and ends with `close`."""

    def __init__(self, desktop: ReadingDesktop, app: Path, *arguments: str):
        self.desktop = desktop
        self.program = desktop.start([app, *arguments])
        self.shell = desktop.window_id(TITLE)

    def close(self) -> None:
        """Closes the window as a window manager does, and returns once the program has ended."""
        self.desktop.close_window(self.shell)
        wait_for(lambda: self.program.poll() is not None, "the program to end with its window", 10)
        end(self.program)

    def find(self, role: str, words: str, seconds: float = 30):
        """Waits for something of this role whose name holds `words`."""
        try:
            return wait_for(lambda: self._look(role, words), f"a {role} named {words!r}", seconds)
        except TimeoutError as error:
            named = [f"  {a.get_role_name()}: {a.get_name()}" for a in self._everything() if a.get_name()]
            raise TimeoutError("\n".join([f"{error}; the window says:", *named])) from None

    def heading(self, words: str) -> None:
        """Waits until a headline holds `words`."""
        self.find("heading", words)
        print(f"  {words}", file=sys.stderr)

    def press(self, words: str) -> None:
        """Presses the button whose name holds `words`."""

        def pressable():
            button = self._look("push button", words)
            return button if button and button.get_state_set().contains(Atspi.StateType.ENABLED) else None

        self.find("push button", words)
        wait_for(pressable, f"the button {words!r} to be ready").do_action(0)

    def choose(self, words: str) -> None:
        """Chooses the radio button whose name holds `words`."""
        self.find("radio button", words).do_action(0)

    def type(self, words: str, text: str) -> None:
        """Types on the keyboard into the field whose name holds `words`."""
        field = self.find("entry", words)
        self.desktop.run("xdotool", "windowfocus", "--sync", self.shell)
        field.grab_focus()
        wait_for(lambda: self._look("entry", words).get_state_set().contains(Atspi.StateType.FOCUSED), f"focus on {words!r}")
        self.desktop.run("xdotool", "type", "--delay", "12", text)

    def _look(self, role: str, words: str):
        for accessible in self._everything():
            try:
                if accessible.get_role_name() == role and words in accessible.get_name():
                    return accessible
            except GLib.Error:
                continue
        return None

    def _everything(self):
        """Yields all that the program shows; what vanishes on the way is left out."""
        left = [Atspi.get_desktop(0)]
        while left:
            accessible = left.pop()
            try:
                accessible.clear_cache()
                children = [accessible.get_child_at_index(i) for i in range(accessible.get_child_count())]
            except GLib.Error:
                continue
            yield accessible
            left.extend(child for child in reversed(children) if child)
