"""What people do with the window, on real folders, with a real keyring and without one."""

import hashlib
import http.server
import json
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import unittest
from pathlib import Path

from .browser import Window
from .desktop import Desktop, wait_for

TESTS = Path(__file__).resolve().parent.parent
SAMPLE = TESTS / "plugins/virustotal"
KEY_ID = "myorg-prod"
PASSPHRASE = "five unrelated words do well"
INSTALL = "pip install aisoc-plugin-virustotal"

# An index that a careless program would write otherwise: tabs, CRLF, escapes, a number's own spelling, no final newline.
INDEX = """\
{
\t"version": "1.0",
\t"generated": "2026-10-01T00:00:00Z",
\t"stats": { "total": 2.0e0 },
\t"items": [
\t\t{
\t\t\t"id": "acme.first",
\t\t\t"type": "plugin",
\t\t\t"name": "Caf\\u00e9 \\/ first"
\t\t},
\t\t{
\t\t\t"id": "zeta.last",
\t\t\t"type": "plugin",
\t\t\t"name": "Last"
\t\t}
\t]
}""".replace("\n", "\r\n").encode()

# Tries what a policy forbids and answers with the directives that the web view says were violated. They are asked for by
# name, since a request can fail for other reasons, as http content in a secure page does.
FORBIDDEN = """const [url, done] = arguments;
const violated = new Set();
document.addEventListener('securitypolicyviolation', (event) => violated.add(event.effectiveDirective));
for (const kind of ['img', 'script', 'iframe', 'video']) {
  const element = document.createElement(kind);
  element.src = url;
  document.body.append(element);
}
const inline = document.createElement('script');
inline.textContent = 'window.ran = true';
const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url });
const style = Object.assign(document.createElement('style'), { textContent: 'h1 { color: red }' });
const base = Object.assign(document.createElement('base'), { href: url });
const plugin = Object.assign(document.createElement('object'), { data: url });
document.head.append(inline, sheet, style, base);
document.body.append(plugin);
new FontFace('away', `url(${url})`).load().catch(() => {});
fetch(url).catch(() => {});
try { (0, eval)('window.ran = true') } catch {}
const form = Object.assign(document.createElement('form'), { action: url });
document.body.append(form);
form.submit();
setTimeout(() => done([...violated].sort()), 1000);"""
FORBIDDEN_DIRECTIVES = [
    "base-uri",
    "connect-src",
    "font-src",
    "form-action",
    "frame-src",
    "img-src",
    "media-src",
    "object-src",
    "script-src",
    "script-src-elem",
    "style-src-elem",
]

# Set by the command line.
APP: Path
PICTURES: Path | None = None


class Journey(unittest.TestCase):
    """A window on a desktop of its own, opened with a copy of the sample plugin as the program's argument."""

    keyring = True

    def setUp(self) -> None:
        self.desktop = self.enterContext(Desktop(self.keyring))
        self.plugin = self.desktop.folder("home/code") / "virustotal"
        shutil.copytree(SAMPLE, self.plugin)
        self.out = self.desktop.folder("home/out")

    def open(self, *arguments: str) -> Window:
        """Opens the window; without arguments as the program's icon would."""
        return self.enterContext(Window(self.desktop, APP, *arguments))

    def picture(self, window: Window, name: str) -> None:
        """Saves a picture where somebody asked for them."""
        if PICTURES:
            window.picture(PICTURES / f"{'keyring' if self.keyring else 'file'}-{name}.png")

    def verdict(self, mode: str = "strict", plugin: Path | None = None) -> dict:
        """Asks the Python reference what a loader says of the plugin, or of a copy, that trusts what was handed over."""
        command = [sys.executable, "-m", "reference", "verdict", "--mode", mode, "--trusted-keys", str(self.out)]
        command += ["--plugin-dir", str(plugin or self.plugin)]
        answer = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False)
        self.assertEqual(answer.stderr, "")
        return json.loads(answer.stdout)

    def just_the_entry(self, window: Window) -> None:
        """Answers where the entry goes: nowhere by itself."""
        window.heading("Where does the entry go?")
        window.click("//label[contains(., 'Just the entry')]")
        window.press("Make just the entry")

    def save_entry(self, window: Window, path: Path) -> None:
        """Saves the entry through the system's dialog."""
        window.press("Save entry…")
        self.desktop.answer_dialog("Save the marketplace entry", path, "alt+s")
        window.heading("The marketplace entry is saved")

    def save_key(self, window: Window) -> None:
        """Saves the public key through the system's dialog."""
        window.press(f"Save {KEY_ID}.pem…")
        self.desktop.answer_dialog(f"Open the folder where {KEY_ID}.pem is to be saved", self.out)
        window.heading("Your part here is done")

    def sign_with_a_new_key(self, window: Window) -> None:
        """Makes a key and signs the plugin that is open, and goes on to its entry."""
        window.heading("Check what will be signed")
        window.press("Publisher key")
        window.type("key-id", KEY_ID)
        window.press("Make publisher key")
        window.press("Later")
        window.press("Continue to the plugin")
        window.press("Continue to signing")
        window.press("Sign 5 files")
        window.press("Prepare marketplace entry")

    def first_release(self) -> None:
        """Signs the plugin and fills in the entry, as quickly as can be."""
        with Window(self.desktop, APP, str(self.plugin)) as window:
            self.sign_with_a_new_key(window)
            self.just_the_entry(window)
            window.type("entry-install", INSTALL)
            window.heading("The marketplace entry is complete")

    def check_files(self) -> None:
        """Checks what the path left on the disk, with programs that are not ours."""
        verdict = self.verdict()
        self.assertEqual((verdict["loads"], verdict["signature_status"]), (True, "verified"), verdict)
        self.assertEqual(verdict["key_id"], KEY_ID)
        entry = json.loads((self.out / "entry.json").read_text())
        self.assertEqual(
            list(entry),
            ["id", "name", "type", "description", "author", "version", "tags", "url", "install", "signing_key_id"],
        )
        self.assertEqual((entry["install"], entry["signing_key_id"]), (INSTALL, KEY_ID))
        page = (self.out / f"{KEY_ID}-instructions.txt").read_text()
        pem = self.out / f"{KEY_ID}.pem"
        to_der = ["openssl", "pkey", "-pubin", "-in", pem, "-outform", "DER"]
        der = subprocess.run(to_der, capture_output=True, check=True)
        self.assertIn(hashlib.sha256(der.stdout).hexdigest(), page)


class WithKeyring(Journey):
    """The path of most people: the private key goes into the keyring."""

    def test_from_the_first_screen_to_the_hand_over(self) -> None:
        window = self.open()
        window.heading("Make your publisher key")
        self.picture(window, "1-first-run")
        window.type("key-id", KEY_ID)
        window.press("Make publisher key")
        window.heading("is ready to sign")
        self.picture(window, "1-key")
        window.press("Later")
        window.press("Choose a plugin folder…")
        self.desktop.answer_dialog("Choose a plugin folder", self.plugin)
        window.heading("Check what will be signed")
        self.picture(window, "2-plugin")
        window.press("Continue to signing")
        window.heading("Sign 5 files and the manifest")
        self.picture(window, "3-sign")
        window.press("Sign 5 files")
        window.heading("Signed. Operators will see “verified”")
        self.picture(window, "3-signed")
        window.press("Prepare marketplace entry")
        self.just_the_entry(window)
        window.heading("Complete the marketplace entry")
        window.type("entry-install", INSTALL)
        window.heading("The marketplace entry is complete")
        self.picture(window, "4-entry")
        self.save_entry(window, self.out / "entry.json")
        self.picture(window, "4-saved")
        window.press("Continue to hand over")
        window.heading("Hand your public key to operators")
        self.picture(window, "5-hand-over")
        self.save_key(window)
        window.says("With exactly this folder, AiSOC verifies")
        self.picture(window, "5-done")
        self.check_files()

        lookup = ["secret-tool", "lookup", "service", "aisoc-publisher", "username", KEY_ID]
        private = subprocess.run(lookup, env=self.desktop.environment, capture_output=True, check=True).stdout
        self.assertEqual(len(private), 48, "the keyring holds the private key as PKCS#8 v1")
        for file in self.desktop.root.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                self.assertNotIn(private[16:], content, file)
                self.assertNotIn(b"PRIVATE KEY", content, file)

    def test_the_second_release_is_open_sign_save(self) -> None:
        self.first_release()
        manifest = self.plugin / "plugin.yaml"
        manifest.write_text(manifest.read_text().replace('"1.0.0"', '"1.1.0"'))
        window = self.open()
        window.press("VirusTotal Enricher")
        window.heading("Check what will be signed")
        window.press("Continue to signing")
        window.says("does not fit what is there now")
        window.says("was 1.0.0 and is 1.1.0")
        self.picture(window, "6-causes")
        window.press("Sign 5 files")
        window.heading("Signed. Operators will see “verified”")
        window.press("Prepare marketplace entry")
        window.heading("The marketplace entry is complete")
        window.says("remembered from last time")
        self.save_entry(window, self.out / "entry.json")
        entry = json.loads((self.out / "entry.json").read_text())
        self.assertEqual((entry["version"], entry["install"]), ("1.1.0", INSTALL))

    def test_the_entry_goes_into_an_index_and_the_next_release_too(self) -> None:
        index = self.desktop.folder("home/code/acme-index/marketplace") / "index.json"
        index.write_bytes(INDEX)
        with Window(self.desktop, APP, str(self.plugin)) as window:
            self.sign_with_a_new_key(window)
            window.heading("Where does the entry go?")
            window.click("//label[contains(., 'Another index')]")
            self.picture(window, "4-where")
            window.press("Choose the index…")
            self.desktop.answer_dialog("Choose the index to edit", index)
            window.type("entry-install", INSTALL)
            window.heading("The marketplace entry is complete")
            window.says("acme-index/marketplace/index.json")
            self.picture(window, "4-index-entry")
            window.press("See the change to the index")
            window.heading("Add one item to index.json")
            window.says("stats")
            self.picture(window, "4-index-change")
            self.assertEqual(index.read_bytes(), INDEX, "nothing is written before it was shown")
            window.press("Write to index.json")
            window.heading("index.json lists this version")
            self.picture(window, "4-index-written")
        first = index.read_bytes()
        put_in = len(first) - len(INDEX)
        start = next(at for at in range(len(INDEX)) if INDEX[at] != first[at])
        self.assertEqual(first[:start] + first[start + put_in :], INDEX, "one item, and no other byte")
        items = json.loads(first)["items"]
        self.assertEqual([item["id"] for item in items], ["acme.first", "myorg.virustotal", "zeta.last"])
        expected = {"version": "1.0.0", "install": INSTALL, "signing_key_id": KEY_ID, "type": "plugin"}
        self.assertEqual({name: items[1][name] for name in expected}, expected)

        manifest = self.plugin / "plugin.yaml"
        manifest.write_text(manifest.read_text().replace('"1.0.0"', '"1.1.0"'))
        window = self.open()
        window.press("VirusTotal Enricher")
        window.press("Continue to signing")
        window.press("Sign 5 files")
        window.press("Prepare marketplace entry")
        window.heading("The marketplace entry is complete")
        window.says("as the last time")
        window.press("See the change to the index")
        window.heading("Change one item of index.json")
        self.picture(window, "6-index-change")
        # Somebody else's change, while this one is looked at.
        theirs = first.replace(b'"Last"', b'"Last one"')
        index.write_bytes(theirs)
        window.press("Replace the item in index.json")
        window.says("so nothing was written")
        self.assertEqual(index.read_bytes(), theirs)
        window.press("Replace the item in index.json")
        window.heading("index.json lists this version")
        self.assertEqual(index.read_bytes(), theirs.replace(b'"1.0.0"', b'"1.1.0"'))

    def test_a_problem_is_named_and_its_end_is_noticed(self) -> None:
        manifest = self.plugin / "plugin.yaml"
        good = manifest.read_text()
        manifest.write_text(good + "released: 2024-01-15\n")
        window = self.open(str(self.plugin))
        window.heading("1 problem would stop this plugin")
        window.says("plugin.yaml, line")
        self.picture(window, "2-problem")
        manifest.write_text(good)
        window.heading("The folder changed since you looked")
        window.press("Look again")
        window.heading("Check what will be signed")

    def test_a_signature_that_goes_stale_is_noticed(self) -> None:
        self.first_release()
        window = self.open(str(self.plugin))
        window.press("See the signature")
        window.heading("Signed. Operators will see “verified”")
        client = self.plugin / "vt/client.py"
        client.write_text(client.read_text() + "# edited\n")
        window.heading("The signature no longer fits the folder")
        window.says("vt/client.py")
        self.picture(window, "6-stale")

    def test_what_is_really_shipped_is_judged(self) -> None:
        self.first_release()
        packages = self.desktop.folder("home/dist")
        whole, lost, evil = (packages / name for name in ("whole.tar.gz", "lost.tar.gz", "evil.tar.gz"))
        with tarfile.open(whole, "w:gz") as package:
            package.add(self.plugin, "virustotal")
        with tarfile.open(lost, "w:gz") as package:
            package.add(self.plugin, "virustotal", filter=lambda entry: None if entry.name.endswith(".sig") else entry)
        with tarfile.open(evil, "w:gz") as package:
            package.add(self.plugin / "plugin.py", "../../plugin.py")
        git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", self.plugin]
        subprocess.run([*git, "init", "--quiet"], check=True)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "--message=all"], check=True)

        window = self.open(str(self.plugin))
        window.heading("Check what will be signed")
        for package, button, headline, detail in (
            (lost, "Check a built package…", "AiSOC would refuse what is in this package", "The archive has no plugin.sig"),
            (evil, "Check another package…", "What is in this package cannot be judged", "../../plugin.py"),
            (whole, "Check another package…", "AiSOC verifies", "It is what you signed"),
        ):
            window.press(button)
            self.desktop.answer_dialog("Choose a built package", package)
            window.heading(headline)
            window.says(detail)
            self.picture(window, f"7-{package.name.split('.')[0]}")
        window.press("Back to the plugin")
        window.heading("Check what will be signed")
        window.press("As a fresh clone has it")
        window.heading("AiSOC verifies")
        client = self.plugin / "vt/client.py"
        client.write_text(client.read_text() + "# edited\n")
        window.press("Look again")
        window.says("vt/client.py differs from what is committed")
        self.assertEqual({file.name for file in packages.iterdir()}, {"whole.tar.gz", "lost.tar.gz", "evil.tar.gz"})

    def test_waiting_for_the_keyring_can_be_cancelled(self) -> None:
        window = self.open()
        window.heading("Make your publisher key")
        window.type("key-id", KEY_ID)
        # Stopped, it is a prompt that nobody answers.
        self.desktop.keyring_process.send_signal(signal.SIGSTOP)
        window.press("Make publisher key")
        window.says("Waiting for the keyring")
        self.picture(window, "1-waiting")
        window.press("Cancel")
        window.says("Stopped. No key was made")
        self.desktop.keyring_process.send_signal(signal.SIGCONT)
        window.press("Make publisher key")
        window.heading("is ready to sign")

    def test_a_second_start_shows_the_first_window(self) -> None:
        window = self.open()
        window.heading("Make your publisher key")
        second = self.desktop.start([APP, "virustotal"], cwd=self.plugin.parent)
        self.assertEqual(second.wait(timeout=10), 0)
        window.heading("Check what will be signed")

    def test_the_size_is_kept(self) -> None:
        self.first_release()
        window = self.open()
        window.heading("Choose the plugin to sign")
        shell = self.desktop.window_id("AiSOC Publisher")
        self.desktop.run("xdotool", "windowsize", "--sync", shell, "1000", "700")
        # As a window manager's close button: none is running here to be pressed.
        self.desktop.close_window(shell)
        kept = self.desktop.data / "window.json"
        wait_for(kept.exists, "the size to be kept")
        window.close()
        window = self.open()
        window.heading("Choose the plugin to sign")
        self.assertEqual(window.script("return [innerWidth, innerHeight]"), [1000, 700])

    def test_the_page_can_do_no_more_than_the_window(self) -> None:
        window = self.open(str(self.plugin))
        window.heading("Check what will be signed")
        self.assertFalse(window.script("return '__TAURI__' in window"))
        for handle in (str(self.plugin), "/", "..", "", "0"):
            ok, failure = window.invoke("open_plugin", operation=900, folder=handle)
            self.assertEqual((ok, failure["code"]), (False, "unknown-handle"), handle)
            wish = {"operation": 901, "folder": handle, "digest": "0" * 64, "key": KEY_ID, "passphrase": None}
            ok, failure = window.invoke("sign", **wish)
            self.assertEqual((ok, failure["code"]), (False, "unknown-handle"), handle)
            for command in ("hand_over", "signed_by_key", "revocation", "choose_backup_place", "suggest_successor"):
                ok, failure = window.invoke(command, key=handle)
                self.assertEqual((ok, failure["code"]), (False, "unknown-handle"), (command, handle))
            for command, more in (
                ("preview_edit", {"edit": handle}),
                ("apply_edit", {"operation": 903, "edit": handle}),
                ("check_committed", {"operation": 904}),
            ):
                ok, failure = window.invoke(command, folder=handle, **more)
                self.assertFalse(ok, (command, handle))
                self.assertIn(failure["code"], ("unknown-handle", "edit-outdated"), (command, handle))
            ok, failure = window.invoke("check_package", operation=905, file=handle, folder=None)
            self.assertEqual((ok, failure["code"]), (False, "unknown-handle"), handle)
            wish = {"operation": 903, "folder": handle, "key": KEY_ID, "edits": [], "index": handle, "shown": ""}
            for command in ("plan_index", "write_index", "review_entry", "entry_goal", "choose_index"):
                ok, failure = window.invoke(command, **wish)
                self.assertEqual((ok, failure["code"]), (False, "unknown-handle"), (command, handle))
            ok, failure = window.invoke("save_kit", kit=handle)
            self.assertEqual((ok, failure["code"]), (False, "unknown-handle"), handle)
            wish = {"operation": 906, "folder": handle, "key": KEY_ID, "checkout": handle, "shown": ""}
            wish["wish"] = {"remove": False, "include": []}
            for command in ("choose_checkout", "plan_submission", "copy_submission", "run_index_script"):
                ok, failure = window.invoke(command, **wish)
                self.assertEqual((ok, failure["code"]), (False, "unknown-handle"), (command, handle))
            wish = {"operation": 902, "file": handle, "passphrase": PASSPHRASE}
            for command, more in (
                ("adopt_key", {"keyId": KEY_ID, "keeping": {"kind": "keyring"}}),
                ("check_backup", {"key": None}),
            ):
                ok, failure = window.invoke(command, **wish, **more)
                self.assertEqual((ok, failure["code"]), (False, "unknown-handle"), (command, handle))
        for command in ("event|listen", "webview|create_webview_window", "path|resolve_directory", "window|close"):
            ok, refusal = window.invoke(f"plugin:{command}")
            self.assertFalse(ok)
            self.assertIn("not allowed", refusal, command)
        home = window.script("return location.href")
        with Listener() as (url, asked):
            window.script("location.href = arguments[0]", url)
            # A link that its user clicks: what a script opens is refused by WebKit already. WebKitGTK also opens nothing for
            # a program that says nothing of new windows; that ours refuses them is in `src-tauri/tests/contract.rs`.
            window.script(
                """const link = document.createElement('a');
                Object.assign(link, { href: arguments[0], target: '_blank', id: 'out', textContent: 'out' });
                link.style = 'position: fixed; inset: 0 auto auto 0; z-index: 9';
                link.onclick = () => { window.clicked = true; };
                document.body.append(link);""",
                url,
            )
            windows = self.desktop.windows()
            window.click("//a[@id='out']")
            window.wait_script("setTimeout(arguments[arguments.length - 1], 700)")
            self.assertTrue(window.script("return window.clicked"))
            self.assertEqual(self.desktop.windows(), windows, "no second window")
            self.assertEqual(window.wait_script(FORBIDDEN, url), FORBIDDEN_DIRECTIVES)
            self.assertEqual(asked, [], "nothing may be fetched")
        self.assertEqual(window.script("return [location.href, 'ran' in window]"), [home, False])


class BeforeSigning(Journey):
    """What an author is told of a folder, and what the window changes in it at their wish."""

    keyring = False

    def test_a_value_is_quoted_after_its_diff_was_seen(self) -> None:
        manifest = self.plugin / "plugin.yaml"
        good = manifest.read_text()
        before = good.replace('version: "1.0.0"', "version: 1.10 # text, in fact") + "released: 2024-01-15\n"
        manifest.write_text(before)
        window = self.open(str(self.plugin))
        window.heading("1 problem would stop this plugin")
        window.press("Quote released…")
        window.says('added: released: "2024-01-15"')
        self.picture(window, "2-edit")
        self.assertEqual(manifest.read_text(), before, "looking changes nothing")
        window.press("Change plugin.yaml")
        window.heading("Check what will be signed")
        after = before.replace("2024-01-15", '"2024-01-15"')
        self.assertEqual(manifest.read_text(), after)
        self.assertEqual(window.script("return document.activeElement.id"), "findings-title")
        # What this window wrote is no news to it.
        window.wait_script("setTimeout(arguments[arguments.length - 1], 2000)")
        window.heading("Check what will be signed")

        window.press("Quote version…")
        window.says('added: version: "1.10" # text, in fact')
        elsewhere = after + "homepage: https://example.org\n"
        manifest.write_text(elsewhere)
        window.press("Change plugin.yaml")
        window.says("The file has changed since this was offered")
        self.assertEqual(manifest.read_text(), elsewhere, "what somebody else wrote is left alone")
        window.press("Look again")
        window.press("Quote version…")
        window.press("Change plugin.yaml")
        window.says("plugin.yaml was changed as you saw")
        self.assertEqual(manifest.read_text(), elsewhere.replace("1.10", '"1.10"'))

    def test_what_is_put_into_the_folder_is_noticed(self) -> None:
        window = self.open(str(self.plugin))
        window.heading("Check what will be signed")
        window.script("document.querySelector('[role=grid]').focus()")
        secret = self.plugin / "deploy.key"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", secret], capture_output=True, check=True)
        window.heading("1 secret would be given away with this plugin")
        window.says("deploy.key")
        self.picture(window, "2-secret")
        self.assertEqual(window.script("return document.activeElement.getAttribute('role')"), "grid", "focus stays")
        secret.unlink()
        window.heading("Check what will be signed")
        self.assertEqual(window.script("return document.activeElement.getAttribute('role')"), "grid")


class LifeOfAKey(Journey):
    """What becomes of a key after it is made, in a real keyring."""

    def in_keyring(self, key_id: str = KEY_ID) -> bytes:
        """Returns what the keyring holds under this name; nothing where it holds nothing."""
        lookup = ["secret-tool", "lookup", "service", "aisoc-publisher", "username", key_id]
        return subprocess.run(lookup, env=self.desktop.environment, capture_output=True, check=False).stdout

    def records(self) -> dict[str, dict]:
        """Reads what is remembered, by key id."""
        keys = json.loads((self.desktop.data / "keys.json").read_text())["keys"]
        return {key["key_id"]: key for key in keys}

    def sign(self, window: Window) -> None:
        """Signs the plugin that is open."""
        window.press("Continue to the plugin")
        window.press("Continue to signing")
        window.press("Sign 5 files")
        window.heading("Signed. Operators will see “verified”")

    def test_a_key_is_backed_up_deleted_restored_and_signs_again(self) -> None:
        backup = self.out / f"{KEY_ID}-backup.key"
        window = self.open(str(self.plugin))
        window.heading("Check what will be signed")
        window.press("Publisher key")
        window.type("key-id", KEY_ID)
        window.press("Make publisher key")
        window.heading("is ready to sign")
        window.says("No backup yet", anywhere=True)
        window.type("backup-passphrase", PASSPHRASE)
        window.type("backup-passphrase-again", PASSPHRASE)
        self.picture(window, "7-backup")
        window.press("Save backup…")
        self.desktop.answer_dialog("Save the backup of the key", backup, "alt+s")
        window.heading(f"The backup of {KEY_ID} works")
        self.picture(window, "7-backed-up")
        private = self.in_keyring()
        self.assertEqual(len(private), 48, "PKCS#8 v1")
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        opened = subprocess.run(
            ["openssl", "pkey", "-in", backup, "-passin", f"pass:{PASSPHRASE}", "-outform", "DER"],
            capture_output=True, check=True,
        )
        self.assertEqual(opened.stdout, private, "the backup holds the very key")

        window.press("Back to your keys")
        window.says("opened and tried on")
        window.click("//summary[contains(., 'More for this key')]")
        window.press("Delete…")
        window.says("There is a backup")
        self.picture(window, "7-delete")
        window.type("typed-name", KEY_ID)
        window.press(f"Delete {KEY_ID}")
        window.heading("Make your publisher key")
        self.assertEqual(self.in_keyring(), b"")
        self.assertIn("deleted", self.records()[KEY_ID])

        window.press("Restore…")
        window.press("Choose the file…")
        self.desktop.answer_dialog("Choose the file of a private key", backup)
        window.says("a backup of")
        window.type("file-passphrase", "not this one at all")
        window.press("Restore the key")
        window.says("It did not open the file")
        self.assertEqual(self.in_keyring(), b"")
        window.type("file-passphrase", PASSPHRASE)
        self.picture(window, "7-restore")
        window.press("Restore the key")
        window.says(f"{KEY_ID} is back")
        self.assertEqual(self.in_keyring(), private)
        self.assertNotIn("deleted", self.records()[KEY_ID])
        self.sign(window)
        self.assertIn("last_used", self.records()[KEY_ID])
        for file in self.desktop.root.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                self.assertNotIn(PASSPHRASE.encode(), content, file)
                self.assertNotIn(private[16:], content, file)

    def test_a_key_that_openssl_made_is_taken_in_and_revoked(self) -> None:
        file = self.out / "acme-ci.key"
        command = ["openssl", "genpkey", "-algorithm", "ed25519", "-aes256", "-pass", f"pass:{PASSPHRASE}"]
        subprocess.run([*command, "-out", file], capture_output=True, check=True)
        window = self.open(str(self.plugin))
        window.heading("Check what will be signed")
        window.press("Publisher key")
        window.press("I have a key already…")
        window.press("Choose the file…")
        self.desktop.answer_dialog("Choose the file of a private key", SAMPLE / "plugin.yaml")
        window.says("it holds no PEM block")
        window.press("Choose the file…")
        self.desktop.answer_dialog("Choose the file of a private key", file)
        window.says("an Ed25519 private key, encrypted")
        window.type("file-passphrase", PASSPHRASE)
        self.picture(window, "8-adopt")
        window.press("Keep this key")
        window.heading("Your key acme-ci is ready to sign")
        to_der = ["openssl", "pkey", "-in", file, "-passin", f"pass:{PASSPHRASE}", "-outform", "DER"]
        made = subprocess.run(to_der, capture_output=True, check=True).stdout
        self.assertEqual(self.in_keyring("acme-ci"), made)
        self.assertEqual(self.records()["acme-ci"]["origin"], "imported")
        window.press("Later")
        self.sign(window)

        window.press("Publisher key")
        window.click("//summary[contains(., 'More for this key')]")
        window.press("Report lost or stolen…")
        window.press("Revoke acme-ci…")
        window.click("//dialog//button[contains(., 'Revoke acme-ci')]")
        window.heading("acme-ci is revoked. Now tell the operators")
        window.says("1 plugin to sign again")
        self.picture(window, "8-revoked")
        window.press("Save the notice…")
        notice = self.out / "notice.txt"
        self.desktop.answer_dialog("Save the notice to operators", notice, "alt+s")
        window.heading("Now a key that takes over")
        fingerprint = hashlib.sha256(bytes.fromhex(self.records()["acme-ci"]["spki"])).hexdigest()
        self.assertIn(fingerprint, notice.read_text())
        self.assertEqual(self.records()["acme-ci"]["revoked"]["reason"], "stolen")

        window.press("Make the key that takes over")
        window.says("Operators get the new public key")
        window.press("Make the new key")
        window.heading("Hand acme-ci-2 to operators")
        self.picture(window, "8-rotation")
        self.assertEqual(self.records()["acme-ci-2"]["succeeds"], "acme-ci")
        self.assertNotIn(self.in_keyring("acme-ci-2"), (b"", made))

    def test_what_somebody_else_removed_is_said_with_its_way_out(self) -> None:
        window = self.open(str(self.plugin))
        window.heading("Check what will be signed")
        window.press("Publisher key")
        window.type("key-id", KEY_ID)
        window.press("Make publisher key")
        window.press("Later")
        window.says("no backup yet")
        self.desktop.run("secret-tool", "clear", "service", "aisoc-publisher", "username", KEY_ID)
        window.press("Plugin")
        window.press("Publisher key")
        window.says(f"{KEY_ID} is no longer in the keyring")
        self.picture(window, "9-missing")
        window.press("Continue to the plugin")
        window.press("Continue to signing")
        window.press("See the key")
        window.press("Forget it…")
        window.type("typed-name", KEY_ID)
        window.press(f"Forget {KEY_ID}")
        window.heading("Make your publisher key")
        self.assertEqual(self.records(), {})


class WithoutKeyring(Journey):
    """A machine without a keyring: the private key goes into a file under a passphrase."""

    keyring = False

    def test_from_the_first_screen_to_the_hand_over(self) -> None:
        window = self.open(str(self.plugin))
        window.heading("Check what will be signed")
        window.press("Publisher key")
        window.says("This machine has no keyring")
        window.type("key-id", KEY_ID)
        window.type("passphrase", PASSPHRASE)
        window.type("passphrase-again", PASSPHRASE)
        self.picture(window, "1-first-run")
        window.press("Make key in an encrypted file")
        window.heading("is ready to sign")
        self.picture(window, "1-key")
        window.press("Later")
        window.press("Continue to the plugin")
        window.press("Continue to signing")
        window.type("sign-passphrase", "not this one at all")
        window.press("Sign 5 files")
        window.says("It did not open the key file")
        self.picture(window, "3-wrong-passphrase")
        self.assertFalse((self.plugin / "plugin.sig").exists())
        window.type("sign-passphrase", PASSPHRASE)
        window.press("Sign 5 files")
        window.heading("Signed. Operators will see “verified”")
        window.press("Prepare marketplace entry")
        self.just_the_entry(window)
        window.type("entry-install", INSTALL)
        window.heading("The marketplace entry is complete")
        self.save_entry(window, self.out / "entry.json")
        window.press("Continue to hand over")
        self.save_key(window)
        self.check_files()

        key = self.desktop.data / f"keys/{KEY_ID}.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        self.assertIn("ENCRYPTED PRIVATE KEY", key.read_text())
        for file in self.desktop.root.rglob("*"):
            if file.is_file():
                self.assertNotIn(PASSPHRASE.encode(), file.read_bytes(), file)


    def test_a_machine_without_a_session_bus(self) -> None:
        # As containers, scripts and `sudo` leave it.
        for address in ("/dev/null", "", "disabled:"):
            self.desktop.environment["DBUS_SESSION_BUS_ADDRESS"] = address
            window = self.open(str(self.plugin))
            window.heading("Check what will be signed")
            if address != "disabled:":
                window.close()
        window.press("Publisher key")
        window.says("This machine has no keyring")
        window.type("key-id", KEY_ID)
        window.type("passphrase", PASSPHRASE)
        window.type("passphrase-again", PASSPHRASE)
        window.press("Make key in an encrypted file")
        window.heading("is ready to sign")


class Listener:
    """A web server that notes what it is asked for."""

    def __enter__(self):
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/secret", asked

    def __exit__(self, *_exception):
        self.server.shutdown()
        self.server.server_close()
