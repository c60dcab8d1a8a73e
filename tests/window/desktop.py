"""A desktop for one test: a display, a session bus, a keyring if wanted, and folders that nobody else uses."""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

KEYRING_PASSWORD = "the keyring's own password"

# Without folders of services, so that the bus starts nothing of its own accord: what is not started here is not there.
BUS_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Desktop:
    """Starts everything on entry and ends exactly that on exit."""

    def __init__(self, keyring: bool):
        self.keyring = keyring
        self.processes: list[subprocess.Popen] = []

    def __enter__(self) -> "Desktop":
        self.root = Path(tempfile.mkdtemp(prefix="aisoc-window-"))
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception) -> None:
        for process in reversed(self.processes):
            end(process)
        shutil.rmtree(self.root, ignore_errors=True)

    def folder(self, name: str) -> Path:
        """Makes a folder."""
        path = self.root / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    @property
    def data(self) -> Path:
        """The program's data folder."""
        return self.root / "home/.local/share/aisoc-publisher"

    def start(self, arguments: list, **options) -> subprocess.Popen:
        """Starts a program in a process group of its own, to be ended with the desktop."""
        process = subprocess.Popen([str(a) for a in arguments], env=self.environment, start_new_session=True, **options)
        self.processes.append(process)
        return process

    def run(self, *arguments, **options) -> subprocess.CompletedProcess:
        """Runs a program to its end."""
        return subprocess.run(
            [str(a) for a in arguments], env=self.environment, check=True, capture_output=True, text=True, **options
        )

    def window_id(self, title: str) -> str:
        """Waits for a window with this title on the display."""
        return wait_for(lambda: self._visible(title), f"the window {title!r}")[0]

    def windows(self) -> int:
        """Counts the windows that are drawn on the display."""
        return len(self._visible(".*"))

    def answer_dialog(self, title: str, path: Path, accept: str = "alt+o") -> None:
        """Types a path into a dialog of the system's and accepts it with a shortcut: `alt+o` opens, `alt+s` saves."""
        dialog = self.window_id(title)
        self.run("xdotool", "windowfocus", "--sync", dialog)
        # The line for a path opens when it is drawn, and what is typed before that is lost.
        self.run("xdotool", "key", "ctrl+l")
        time.sleep(0.5)
        self.run("xdotool", "key", "ctrl+a")
        self.run("xdotool", "type", "--delay", "8", str(path))
        time.sleep(0.3)
        self.run("xdotool", "key", accept)
        wait_for(lambda: not self._visible(title), f"the dialog {title!r} to take the path", 5)

    def _visible(self, title: str) -> list[str]:
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"],
            env=self.environment, capture_output=True, text=True, check=False,
        )
        return found.stdout.split()

    def close_window(self, window: str) -> None:
        """Asks a window to close, as the button of a window manager does; none is running here that could be asked."""
        x11 = ctypes.CDLL("libX11.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        display = ctypes.c_void_p(x11.XOpenDisplay(self.environment["DISPLAY"].encode()))
        x11.XInternAtom.restype = ctypes.c_ulong
        atom = lambda name: x11.XInternAtom(display, name, False)
        event = _ClientMessage(type=33, window=int(window), message_type=atom(b"WM_PROTOCOLS"), format=32)
        event.data[0] = atom(b"WM_DELETE_WINDOW")
        x11.XSendEvent(display, ctypes.c_ulong(int(window)), False, 0, ctypes.byref(event))
        x11.XSync(display, False)
        x11.XCloseDisplay(display)

    def _start(self) -> None:
        home = self.folder("home")
        inherited = ("PATH", "LANG", "LC_ALL")
        self.environment = {name: os.environ[name] for name in inherited if name in os.environ} | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(self.folder("runtime")),
            "XDG_DATA_HOME": str(self.folder("home/.local/share")),
            "XDG_CONFIG_HOME": str(self.folder("home/.config")),
            "XDG_CACHE_HOME": str(self.folder("home/.cache")),
            # No accessibility bus and no portal: nothing answers there.
            "NO_AT_BRIDGE": "1",
            "GTK_USE_PORTAL": "0",
            # Dialogs keep their settings to themselves.
            "GSETTINGS_BACKEND": "memory",
        }
        self.environment["DISPLAY"] = ":" + self._answer(
            lambda out: ["Xvfb", "-displayfd", out, "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
        )
        config = self.root / "bus.conf"
        config.write_text(BUS_CONFIG.format(folder=self.root / "runtime"))
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._answer(
            lambda out: ["dbus-daemon", "--nofork", f"--config-file={config}", f"--print-address={out}"]
        )
        if self.keyring:
            self.keyring_process = daemon = self.start(
                ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            daemon.stdin.write(KEYRING_PASSWORD.encode())
            daemon.stdin.close()
            wait_for(lambda: "org.freedesktop.secrets" in self._bus_names(), "the keyring to come to the bus")

    def _answer(self, arguments) -> str:
        """Starts a program that writes one line to a file descriptor when it is ready."""
        out, there = os.pipe()
        try:
            self.start(arguments(str(there)), pass_fds=[there], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        finally:
            os.close(there)
        with os.fdopen(out) as answers:
            line = answers.readline().strip()
        if not line:
            raise RuntimeError(f"{arguments('N')[0]} ended without an answer")
        return line

    def _bus_names(self) -> str:
        bus = "org.freedesktop.DBus"
        return self.run("dbus-send", "--session", "--print-reply", f"--dest={bus}", "/", f"{bus}.ListNames").stdout


class _ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, as large as its XEvent."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    ]


def end(process: subprocess.Popen) -> None:
    """Ends a process with everything that it started."""
    for wish in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, wish)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def wait_for(condition, what: str, seconds: float = 20):
    """Waits until `condition` answers something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} seconds for {what}")
        time.sleep(0.05)
