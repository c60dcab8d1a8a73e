"""A WebDriver client for the window's web view, and what a test does with it."""

import json
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from .desktop import Desktop, end, wait_for

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# What was just changed is drawn two frames later.
DRAWN = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));"


class WebDriverError(Exception):
    """An error that the driver answered with."""


class Window:
    """The program's window. It starts with the object and ends with `close`."""

    def __init__(self, desktop: Desktop, app: Path, *arguments: str, log: Path | None = None):
        """`log` gets what the program prints."""
        self.desktop = desktop
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        desktop.environment["TAURI_WEBVIEW_AUTOMATION"] = "true"
        output = {"stdout": subprocess.DEVNULL}
        if log:
            output = {"stdout": log.open("wb"), "stderr": subprocess.STDOUT}
        self.driver = desktop.start(["WebKitWebDriver", f"--port={port}"], **output)
        wait_for(lambda: _answers(port), "WebKitWebDriver")
        options = {"binary": str(app), "args": list(arguments)}
        answer = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})
        self.session = f"/session/{answer['sessionId']}"
        self._ask("POST", f"{self.session}/timeouts", {"script": 20_000})

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, *_exception) -> None:
        self.close()

    def close(self) -> None:
        """Closes the window as its user does, and then whatever is left."""
        try:
            self._ask("DELETE", self.session)
        except (WebDriverError, OSError):
            pass
        end(self.driver)

    # --- Looking ---

    def find(self, xpath: str, seconds: float = 20) -> str:
        """Waits for an element that is drawn, and returns its handle."""

        def look():
            try:
                found = self._ask("POST", f"{self.session}/elements", {"using": "xpath", "value": xpath})
            except WebDriverError:
                return None
            for element in found:
                if self.script("return arguments[0].checkVisibility()", element):
                    return element[ELEMENT]
            return None

        try:
            return wait_for(look, xpath, seconds)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; the window shows:\n{self.text()}") from None

    def heading(self, text: str) -> None:
        """Waits until the screen's headline holds `text`."""
        self.find(f"//h1[contains(normalize-space(.), {quoted(text)})]")

    def says(self, text: str, anywhere: bool = False) -> None:
        """Waits until the window shows `text`, in the task or `anywhere`."""
        self.find(f"//{'body' if anywhere else 'main'}//*[contains(normalize-space(.), {quoted(text)})]")

    def text(self) -> str:
        """Returns all that the window shows."""
        return self.script("return document.body.innerText")

    def script(self, code: str, *arguments):
        """Runs a function's body in the page."""
        return self._ask("POST", f"{self.session}/execute/sync", {"script": code, "args": list(arguments)})

    def wait_script(self, code: str, *arguments):
        """Runs a function's body that calls its last argument when it is done."""
        return self._ask("POST", f"{self.session}/execute/async", {"script": code, "args": list(arguments)})

    def invoke(self, command: str, **arguments) -> tuple[bool, object]:
        """Sends a command as any script in the page could; returns whether it was answered, and the answer."""
        code = """const [command, given, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, given).then((v) => done([true, v]), (e) => done([false, e]));"""
        ok, answer = self.wait_script(code, command, arguments)
        return ok, answer

    def picture(self, path: Path) -> None:
        """Saves what the window shows now, as the display has it."""
        self.wait_script(DRAWN)
        self.desktop.run("import", "-window", self.desktop.window_id("AiSOC Publisher"), path)

    # --- Doing ---

    def press(self, words: str) -> None:
        """Presses the button with these words, once it can be pressed."""
        button = self.find(f"//button[contains(normalize-space(.), {quoted(words)})][not(@aria-disabled)]")
        # The driver scrolls no further than to the window's edge, where the footer is.
        self.script("arguments[0].scrollIntoView({ block: 'center' })", {ELEMENT: button})
        self._ask("POST", f"{self.session}/element/{button}/click", {})

    def click(self, xpath: str) -> None:
        """Clicks an element as a pointer does."""
        self._ask("POST", f"{self.session}/element/{self.find(xpath)}/click", {})

    def type(self, element_id: str, text: str) -> None:
        """Types into the input with this id."""
        element = self.find(f"//input[@id={quoted(element_id)}]")
        self._ask("POST", f"{self.session}/element/{element}/value", {"text": text})

    def _ask(self, method: str, path: str, body: dict | None = None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WebDriverError(f"{value['error']}: {value['message']}") from None


def quoted(text: str) -> str:
    """Writes an XPath string; XPath has no escapes."""
    return f"'{text}'" if "'" not in text else f'"{text}"'


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
