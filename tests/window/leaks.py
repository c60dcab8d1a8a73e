"""Signs with a key that is known here, and then looks for it everywhere. SECURITY.md names what may remain, and where."""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import unittest
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import journeys, memory
from .browser import Window
from .desktop import Desktop, wait_for
from .memory import Secret

APP = "aisoc-publisher-desktop"
COMMAND = "aisoc-publisher"
PAGE = "WebKitWebProcess"
# WebKitGTK's message to the program with what the page asks of it: the headers, and then the body up to the passphrase. It
# frees the message without wiping it, the one copy in the program's own process that SECURITY.md names.
MESSAGE = rb'tauri-invoke-key.{1,2000}?"passphrase":"'
# Holds what it reads until it is told to end.
HOLDER = "import sys; held = sys.stdin.buffer.read(); print(len(held), flush=True); import time; time.sleep(600)"


class Leak(unittest.TestCase):
    """A desktop with a publisher key that Python made, a fresh one for each test."""

    keyring = True

    def setUp(self) -> None:
        self.desktop = self.enterContext(Desktop(self.keyring))
        self.home = self.desktop.root / "home"
        self.plugin = self.desktop.folder("home/code") / "virustotal"
        shutil.copytree(journeys.SAMPLE, self.plugin)
        self.seed = secrets.token_bytes(32)
        self.key = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.passphrase = f"unrelated words {secrets.token_hex(8)}"
        self.secrets = [Secret.of_seed(self.seed), Secret.of_text(self.passphrase)]
        self.keep()

    def keep(self) -> None:
        """Puts the key where the program keeps keys, with what it remembers of each."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        record = {
            "key_id": journeys.KEY_ID,
            "spki": public.hex(),
            "fingerprint": hashlib.sha256(public).hexdigest(),
            "created": "2026-01-01T00:00:00Z",
            "kept": "keyring" if self.keyring else "file",
        }
        self.desktop.data.mkdir(mode=0o700)
        (self.desktop.data / "keys.json").write_text(json.dumps({"format": 1, "keys": [record]}))
        if self.keyring:
            item = ["service", "aisoc-publisher", "username", journeys.KEY_ID, "format", "1"]
            der = self.private(serialization.Encoding.DER, serialization.NoEncryption())
            store = ["secret-tool", "store", "--label", "a known key", *item]
            subprocess.run(store, input=der, env=self.desktop.environment, check=True)
        else:
            encryption = serialization.BestAvailableEncryption(self.passphrase.encode())
            key = self.desktop.folder("home/.local/share/aisoc-publisher/keys") / f"{journeys.KEY_ID}.key"
            key.write_bytes(self.private(serialization.Encoding.PEM, encryption))
            key.chmod(0o600)

    def private(self, encoding, encryption) -> bytes:
        """Returns the key as PKCS#8."""
        return self.key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, encryption)

    def in_processes(self, known: Mapping[str, re.Pattern] = MappingProxyType({})) -> dict[str, set[str]]:
        """Returns what the processes of this desktop hold, by the program's name, but for what matches its pattern."""
        return {
            name: memory.in_process(process, self.secrets, known.get(name))
            for process, name in memory.processes(self.home).items()
        }

    def in_files(self) -> dict[str, set[str]]:
        """Returns what files hold: the home folder with settings, data and caches, the program's output, all others."""
        found = {}
        for file in self.desktop.root.rglob("*"):
            if file.is_file() and not file.is_symlink():
                content = file.read_bytes()
                forms = {form for secret in self.secrets for form in secret.found(content)}
                if forms or b"PRIVATE KEY" in content.replace(b"ENCRYPTED PRIVATE KEY", b""):
                    found[str(file.relative_to(self.desktop.root))] = forms
        return found

    def check_signature(self) -> None:
        """Checks that the known key made the signature, so that there was something to leak."""
        signature = bytes.fromhex((self.plugin / "plugin.sig").read_text())
        digest = [sys.executable, "-m", "reference", "digest", "--plugin-dir", str(self.plugin)]
        answer = subprocess.run(digest, cwd=journeys.TESTS, capture_output=True, check=True, text=True).stdout
        self.key.public_key().verify(signature, bytes.fromhex(answer.strip()))

    @contextlib.contextmanager
    def window(self) -> Iterator[Window]:
        """Opens the plugin in the window, ready to sign, and keeps what the program prints."""
        with Window(self.desktop, journeys.APP, str(self.plugin), log=self.desktop.root / "output.txt") as window:
            window.heading("Check what will be signed")
            window.press("Continue to signing")
            yield window

    def look(self, window: Window, known: Mapping[str, re.Pattern] = MappingProxyType({})) -> dict[str, set[str]]:
        """Waits for the signature, and returns what the processes hold then; see `in_processes`."""
        window.heading("Signed. Operators will see “verified”")
        self.check_signature()
        found = self.in_processes(known)
        self.assertLessEqual({APP, PAGE, "WebKitNetworkProcess", "dbus-daemon", "Xvfb"}, set(found))
        self.assertEqual(memory.selections(self.desktop.environment["DISPLAY"]), set())
        return found

    @contextlib.contextmanager
    def signed_by_command(self, *arguments: str) -> Iterator[None]:
        """Signs with the command line, and holds it there: nobody reads what it wants to print then."""
        there, full = os.pipe()
        os.set_blocking(full, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(full, bytes(1 << 12))
        os.set_blocking(full, True)
        command = [journeys.APP.with_name(COMMAND), "sign", "--plugin-dir", self.plugin, "--key-id", journeys.KEY_ID]
        output = {"stdin": subprocess.PIPE, "stdout": full, "stderr": subprocess.DEVNULL}
        process = self.desktop.start([*command, *arguments], **output)
        os.close(full)
        try:
            process.stdin.write(f"{self.passphrase}\n".encode())
            process.stdin.close()
            wait_for((self.plugin / "plugin.sig").exists, "the signature")
            # The number of `write` and the file it waits for; architectures differ in the number.
            state = Path(f"/proc/{process.pid}/syscall")
            wait_for(lambda: state.read_text().split()[1:2] == ["0x1"], "the report to be held")
            self.check_signature()
            self.assertIn(COMMAND, memory.processes(self.home).values())
            yield
        finally:
            os.close(there)


class WithKeyring(Leak):
    """The key is in a real Secret Service."""

    def test_the_window(self) -> None:
        with self.window() as window:
            window.press("Sign 5 files")
            found = self.look(window)
            # It keeps the key, which also shows that a key in another process's memory is found.
            self.assertNotEqual(found.pop("gnome-keyring-daemon"), set())
            self.assertEqual({name: forms for name, forms in found.items() if forms}, {})
        self.assertEqual(self.in_files(), {})

    def test_the_command_line(self) -> None:
        with self.signed_by_command():
            found = self.in_processes()
            self.assertNotEqual(found.pop("gnome-keyring-daemon"), set())
            self.assertEqual({name: forms for name, forms in found.items() if forms}, {})
        self.assertEqual(self.in_files(), {})


class WithoutKeyring(Leak):
    """The key is in a file, under a passphrase that is typed."""

    keyring = False

    def type_passphrase(self, window: Window) -> None:
        """Types as a person does: the keys come through the display, one at a time, and the driver sees none of it."""
        window.click("//input[@id='sign-passphrase']")
        self.desktop.run("xdotool", "windowfocus", "--sync", self.desktop.window_id("AiSOC Publisher"))
        self.desktop.run("xdotool", "type", "--delay", "15", "--file", "-", input=self.passphrase)
        typed = "return document.getElementById('sign-passphrase').value.length"
        wait_for(lambda: window.script(typed) == len(self.passphrase), "the passphrase to be typed", 5)

    def test_the_window(self) -> None:
        with self.window() as window:
            self.type_passphrase(window)
            window.press("Sign 5 files")
            message = re.compile(MESSAGE + re.escape(self.passphrase.encode()), re.DOTALL | re.IGNORECASE)
            found = self.look(window, {APP: message})
            # It was typed into the page.
            typed = found.pop(PAGE)
            self.assertEqual({form for form in typed if not form.startswith("passphrase: ")}, set())
            self.assertEqual({name: forms for name, forms in found.items() if forms}, {})
        self.assertEqual(self.in_files(), {})

    def test_the_command_line(self) -> None:
        with self.signed_by_command("--passphrase", "-"):
            found = self.in_processes()
            self.assertEqual({name: forms for name, forms in found.items() if forms}, {})
        self.assertEqual(self.in_files(), {})


class NewKey(Leak):
    """A key that the window makes; the keyring tells it only afterwards."""

    def keep(self) -> None:
        """Keeps no key: the first one is to be made."""

    def test_the_window(self) -> None:
        with Window(self.desktop, journeys.APP, log=self.desktop.root / "output.txt") as window:
            window.heading("Make your publisher key")
            window.type("key-id", journeys.KEY_ID)
            window.press("Make publisher key")
            window.heading("is ready to sign")
            lookup = ["secret-tool", "lookup", "service", "aisoc-publisher", "username", journeys.KEY_ID]
            private = subprocess.run(lookup, env=self.desktop.environment, capture_output=True, check=True).stdout
            self.secrets = [Secret.of_seed(private[16:])]
            found = self.in_processes()
            self.assertNotEqual(found.pop("gnome-keyring-daemon"), set())
            self.assertLessEqual({APP, PAGE}, set(found))
            self.assertEqual({name: forms for name, forms in found.items() if forms}, {})
        self.assertEqual(self.in_files(), {})


class TheSearch(Leak):
    """Finds what is there; otherwise it would mean nothing to find nothing."""

    keyring = False

    def test_every_form_in_a_process(self) -> None:
        forms = [(f"{secret.name}: {form}", wanted) for secret in self.secrets for form, wanted in secret.forms.items()]
        # Across the pieces that are read at once, and at odd places.
        held = b"".join(os.urandom(memory.CHUNK // 8 + 1) + wanted for _, wanted in forms)
        holder = self.desktop.start([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdin.write(held)
        holder.stdin.close()
        with holder.stdout:
            self.assertEqual(int(holder.stdout.readline()), len(held))
        self.assertIn(holder.pid, memory.processes(self.home))
        found = {place.split(" in memory")[0] for place in memory.in_process(holder.pid, self.secrets)}
        self.assertEqual(found, {name for name, _ in forms})

    def test_arguments_and_variables(self) -> None:
        self.desktop.environment["LEAKED"] = self.seed.hex()
        process = self.desktop.start(["sh", "-c", "sleep 600; true", self.passphrase])
        places = {"seed: hex in environ", "passphrase: text in cmdline"}
        # Until the shell has started there is no command line of its own.
        wait_for(lambda: places <= memory.in_process(process.pid, self.secrets), f"the shell with {places}")

    def test_files(self) -> None:
        pem = self.private(serialization.Encoding.PEM, serialization.NoEncryption())
        der = self.private(serialization.Encoding.DER, serialization.NoEncryption())
        for name, content in {"key.pem": pem, "key.der": der, ".hidden/key": der.hex().encode()}.items():
            file = self.home / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
            self.assertEqual(list(self.in_files()), [f"home/{name}"])
            file.unlink()

    def test_selections(self) -> None:
        display = self.desktop.environment["DISPLAY"]
        with memory.selecting(display, "CLIPBOARD"):
            self.assertEqual(memory.selections(display), {"CLIPBOARD"})
