"""Tests of the reference itself, against the contract's own words and against what is recorded of real programs."""

import hashlib
import importlib.util
import json
import os
import socket
import sys
import tempfile
import unittest
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cryptography
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from . import samples
from .files import is_regular_file, python_files
from .loader import (
    Refusal,
    canonical,
    covered_files,
    digest,
    matching_key,
    parse_signature,
    trusted_keys,
    verdict,
)
from .model import Format, canonical_text, parse, without_unsigned_keys
from .privileges import as_ordinary_user
from .reasons import Reason

TESTS = Path(__file__).resolve().parents[1]
DATA = TESTS / "data"

MANIFEST = "id: ab\nname: n\nversion: '1'\nplugin_type: action\n"


def temporary_folder(test: unittest.TestCase) -> Path:
    """Makes a folder that an ordinary user may enter and that goes away after the test."""
    holder = tempfile.TemporaryDirectory()
    test.addCleanup(holder.cleanup)
    os.chmod(holder.name, 0o755)
    return Path(holder.name)


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """Returns the SPKI PEM of a key's public half."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Values(unittest.TestCase):
    def test_recorded_canonical_bytes(self) -> None:
        lines = (DATA / "python-canonical.jsonl").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(lines), 308)
        for line in lines:
            case = json.loads(line)
            fmt: Format = "json" if "json" in case else "yaml"
            with self.subTest(case["name"]):
                self.check(case[fmt], fmt, case, "canonical", "error", sanitize=False)
                if "sanitized_canonical" in case or "sanitized_error" in case:
                    self.check(case[fmt], fmt, case, "sanitized_canonical", "sanitized_error", sanitize=True)

    def check(self, text: str, fmt: Format, case: dict[str, str], good: str, bad: str, sanitize: bool) -> None:
        try:
            value = parse(text, fmt)
            written = canonical_text(without_unsigned_keys(value) if sanitize else value)
        except Exception as error:
            self.assertIn(bad, case, error)
        else:
            self.assertEqual(written, case.get(good))


class Payload(unittest.TestCase):
    def test_written_out_by_hand(self) -> None:
        plugin = temporary_folder(self)
        (plugin / "plugin.yaml").write_text(
            MANIFEST + "trust: 2024-01-15\nsignature: x\nn: {trust: é}\n", encoding="utf-8"
        )
        (plugin / "plugin.py").write_bytes(b"abc")
        # The SHA-256 of `abc` is FIPS 180's own example.
        self.assertEqual(
            canonical(plugin),
            b'{"files":{"plugin.py":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},'
            b'"manifest":{"id":"ab","n":{"trust":"\\u00e9"},"name":"n","plugin_type":"action","version":"1"}}',
        )
        self.assertEqual(digest(plugin), hashlib.sha256(canonical(plugin)).digest())

    def test_samples_are_as_recorded(self) -> None:
        self.assertEqual(json.loads(samples.RECORD.read_text(encoding="utf-8")), json.loads(samples.record()))

    def test_every_sample_has_a_digest_and_a_plugin(self) -> None:
        record = json.loads(samples.RECORD.read_text(encoding="utf-8"))
        self.assertGreaterEqual(len(record["plugins"]), 11)
        for name, entry in record["plugins"].items():
            with self.subTest(name):
                self.assertIsNotNone(entry["digest"])
                self.assertEqual(entry["verdicts"]["warn"]["signature_status"], "unsigned")
                if name != "no-python":
                    self.assertTrue(makes_plugin(TESTS / "plugins" / name))

    def test_every_bad_input_says_what_is_wrong(self) -> None:
        for path in (TESTS / "bad").iterdir():
            self.assertTrue(path.is_dir() and any(path.iterdir()), path)

    def test_contract_section_3_on_the_recorded_samples(self) -> None:
        covered = covered_files(TESTS / "plugins" / "look-alikes")
        self.assertEqual(set(covered), {".py", "plugin.py"})
        covered = covered_files(TESTS / "plugins" / "hidden-folders")
        self.assertLessEqual(
            {".hooks/check.py", ".hidden.py", "node_modules/tool/gyp.py", "build/generated.py"}, set(covered)
        )
        self.assertIn("legacy.py/convert.py", covered_files(TESTS / "plugins" / "nested-packages"))


def makes_plugin(folder: Path) -> bool:
    """Returns whether `plugin.py` defines a class `Plugin` that can be made without arguments (contract §7)."""
    spec = importlib.util.spec_from_file_location("sample_plugin", folder / "plugin.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before, writes = set(sys.modules), sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = writes
        for name in set(sys.modules) - before:
            del sys.modules[name]
    return isinstance(module.Plugin(), module.Plugin)


def outcome(question: Callable[[Path], bool], path: Path) -> bool | str:
    """Returns an answer, or the name of what was raised instead."""
    try:
        return question(path)
    except OSError as error:
        return type(error).__name__


class Files(unittest.TestCase):
    """Section 9 of the page on canonical bytes: `rglob` and `is_file` on every kind of entry."""

    def setUp(self) -> None:
        base = temporary_folder(self)
        self.plugin = base / "plugin"
        self.outside = base / "outside.txt"

    def make(self) -> None:
        """Makes a tree with every kind of entry that an ordinary user can make."""
        for folder in ("pkg/deep/er", ".hidden", ".venv/lib", "folder.py"):
            (self.plugin / folder).mkdir(parents=True)
        self.outside.write_text("outside")
        for name in (
            "a.py",
            "pkg/b.py",
            "pkg/deep/er/c.py",
            ".hidden/d.py",
            ".venv/lib/e.py",
            ".py",
            "folder.py/f.py",
            "g.pY.py",
        ):
            (self.plugin / name).write_text(name)
        for name in ("X.PY", "x.pyi", "py", "apy", "a.py.bak", "a.py ", "b.Py", "pkg/__init__.pyc"):
            (self.plugin / name).write_text("not covered")
        (self.plugin / "link.py").symlink_to(self.outside)
        (self.plugin / "to-folder").symlink_to(self.plugin / "pkg")
        (self.plugin / "to-folder.py").symlink_to(self.plugin / "pkg")
        (self.plugin / "broken.py").symlink_to("nowhere")
        (self.plugin / "loop.py").symlink_to("loop.py")
        (self.plugin / "null.py").symlink_to("/dev/null")
        os.mkfifo(self.plugin / "fifo.py")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.plugin / "socket.py"))
        with open(os.fsencode(self.plugin) + b"/bad\xff.py", "wb") as file:
            file.write(b"bad name")

    COVERED = {
        "a.py",
        "pkg/b.py",
        "pkg/deep/er/c.py",
        ".hidden/d.py",
        ".venv/lib/e.py",
        ".py",
        "folder.py/f.py",
        "g.pY.py",
        "link.py",
        "bad\udcff.py",
    }

    def covered(self) -> dict[str, str]:
        """Returns the covered files as an ordinary user sees them."""
        return as_ordinary_user(lambda: covered_files(self.plugin))

    def test_every_kind_of_entry(self) -> None:
        self.make()
        covered = self.covered()
        self.assertEqual(set(covered), self.COVERED)
        self.assertEqual(covered["link.py"], hashlib.sha256(b"outside").hexdigest())
        self.assertIn('"bad\\udcff.py"', canonical_text(covered))

    @unittest.skipUnless(sys.version_info[:2] == (3, 11), "the contract is about Python 3.11's `pathlib`")
    def test_the_walk_is_that_of_python_3_11(self) -> None:
        self.make()
        for path, mode in ((self.plugin / "pkg" / "deep", 0o311), (self.plugin / "folder.py", 0o644)):
            os.chmod(path, mode)
            self.addCleanup(os.chmod, path, 0o755)
        ours = as_ordinary_user(lambda: list(python_files(self.plugin)))
        self.assertEqual(ours, as_ordinary_user(lambda: list(self.plugin.rglob("*.py"))))
        for path in ours:
            self.assertEqual(
                *(as_ordinary_user(partial(outcome, ask, path)) for ask in (is_regular_file, Path.is_file))
            )

    def test_order_is_by_code_point(self) -> None:
        self.plugin.mkdir()
        for name in ("\uffee.py", "😀.py", "Z.py", "a.py", "é.py"):
            (self.plugin / name).write_text("")
        names = list(json.loads(canonical_text(covered_files(self.plugin))))
        self.assertEqual(names, ["Z.py", "a.py", "é.py", "\uffee.py", "😀.py"])

    def test_a_folder_that_cannot_be_listed_is_skipped(self) -> None:
        self.make()
        os.chmod(self.plugin / "pkg" / "deep", 0o311)
        self.addCleanup(os.chmod, self.plugin / "pkg" / "deep", 0o755)
        self.assertEqual(set(self.covered()), self.COVERED - {"pkg/deep/er/c.py"})
        os.chmod(self.plugin / "pkg", 0o311)
        self.addCleanup(os.chmod, self.plugin / "pkg", 0o755)
        self.assertEqual(set(self.covered()), self.COVERED - {"pkg/b.py", "pkg/deep/er/c.py"})

    def test_a_folder_that_can_be_listed_but_not_entered_fails(self) -> None:
        self.make()
        os.chmod(self.plugin / "pkg", 0o644)
        self.addCleanup(os.chmod, self.plugin / "pkg", 0o755)
        with self.assertRaises(PermissionError):
            self.covered()

    def test_a_file_that_cannot_be_read_fails(self) -> None:
        self.make()
        os.chmod(self.plugin / "a.py", 0o200 if os.geteuid() == 0 else 0)
        with self.assertRaises(PermissionError):
            self.covered()

    def test_a_file_that_cannot_be_read_refuses_the_plugin(self) -> None:
        self.make()
        (self.plugin / "plugin.yaml").write_text(MANIFEST)
        (self.plugin / "plugin.sig").write_bytes(bytes(64))
        keys = self.outside.parent / "keys"
        keys.mkdir()
        (keys / "k.pem").write_bytes(public_pem(Ed25519PrivateKey.generate()))
        os.chmod(self.plugin / "a.py", 0)
        reasons = [
            as_ordinary_user(partial(verdict, self.plugin, keys, mode))["reason"]
            for mode in ("strict", "warn", "disabled")
        ]
        self.assertEqual(reasons, ["file-unreadable", "file-unreadable", "skipped"])


class Signatures(unittest.TestCase):
    def test_forms_of_the_file(self) -> None:
        raw = bytes(range(64))
        text = raw.hex().encode()
        spaced = b" ".join(text[at : at + 2] for at in range(0, 128, 2))
        good = (
            text,
            text.upper(),
            text + b"\n",
            b" \t" + text + b"\r\n",
            spaced,
            spaced.replace(b" ", b"\n"),
            raw,
        )
        for content in good:
            self.assertEqual(parse_signature(content), raw, content)
        bad = (
            b"",
            text[:-1],
            text[:-2],
            text + b"00",
            b"0x" + text,
            text[:1] + b" " + text[1:],
            raw + b"\n",
            b"\xef\xbb\xbf" + text,
            raw[:63],
        )
        for content in bad:
            with self.assertRaises(Refusal, msg=content):
                parse_signature(content)
        self.assertEqual(parse_signature(b"a" * 64), b"a" * 64, "64 hex digits are 64 raw bytes")

    def test_verdicts_of_published_vectors(self) -> None:
        """The lines that Project Wycheproof and ed25519-speccheck published, with what `cryptography` said."""
        lines = (DATA / "ed25519-verdicts.jsonl").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(lines), 359)
        for line in lines:
            case = json.loads(line)
            try:
                key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(case["public_key"]))
                key.verify(bytes.fromhex(case["signature"]), bytes.fromhex(case["message"]))
                accepts = True
            except Exception:
                accepts = False
            self.assertEqual(accepts, case["loader_accepts"], line)


class TrustedKeys(unittest.TestCase):
    def setUp(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.keys = temporary_folder(self)

    def match(self, message: bytes = b"m") -> str:
        return matching_key(trusted_keys(self.keys), self.key.sign(b"m"), message)

    def test_endings_order_and_ids(self) -> None:
        for name in ("b.PEM", "a.v1.pub", ".hidden.pem", "c.key", "d.pem.bak", ".pem", "pem"):
            (self.keys / name).write_bytes(public_pem(self.key))
        self.assertEqual([key_id for key_id, _ in trusted_keys(self.keys)], [".hidden", "a.v1", "b"])
        self.assertEqual(self.match(), ".hidden")

    def test_what_is_no_key_is_skipped(self) -> None:
        (self.keys / "1.pem").write_bytes(b"")
        (self.keys / "2.pem").write_bytes(b"junk")
        (self.keys / "3.pem").write_bytes((DATA / "trusted-keys" / "rsa-2048.pem").read_bytes())
        (self.keys / "4.pem").mkdir()
        (self.keys / "5.pem").write_bytes(public_pem(Ed25519PrivateKey.generate()))
        (self.keys / "6.pem").write_bytes(public_pem(self.key))
        self.assertEqual(self.match(), "6")
        with self.assertRaises(Refusal) as caught:
            self.match(b"another message")
        self.assertIs(caught.exception.reason, Reason.NO_KEY_MATCHES)

    def test_a_kind_that_is_not_supported_stops_the_loader_where_it_stands(self) -> None:
        (self.keys / "b.pem").write_bytes((DATA / "trusted-keys" / "ec-SM2.pem").read_bytes())
        (self.keys / "c.pem").write_bytes(public_pem(self.key))
        with self.assertRaises(Refusal) as caught:
            self.match()
        self.assertIs(caught.exception.reason, Reason.TRUSTED_KEY_STOPS_LOADER)
        (self.keys / "a.pem").write_bytes(public_pem(self.key))
        self.assertEqual(self.match(), "a")

    def test_every_recorded_key_file(self) -> None:
        """Each file before a key that matches: it matches itself, is passed over, or stops the loader."""
        recorded = json.loads((DATA / "trusted-keys" / "expected.json").read_text(encoding="utf-8"))
        key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        own = f"ed25519:{key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()}"
        self.assertGreater(len(recorded), 100)
        for name, outcomes in recorded.items():
            keys = [(name, (DATA / "trusted-keys" / f"{name}.pem").read_bytes()), ("last", public_pem(key))]
            outcome = outcomes[cryptography.__version__]
            with self.subTest(name, outcome=outcome):
                if outcome.startswith("raises:"):
                    with self.assertRaises(Refusal) as caught:
                        matching_key(keys, key.sign(b"m"), b"m")
                    self.assertIs(caught.exception.reason, Reason.TRUSTED_KEY_STOPS_LOADER)
                else:
                    self.assertEqual(matching_key(keys, key.sign(b"m"), b"m"), name if outcome == own else "last")

    def test_a_missing_folder_holds_no_keys_and_an_unreadable_one_refuses_everything(self) -> None:
        self.assertEqual(trusted_keys(self.keys / "missing"), [])
        plugin = temporary_folder(self)
        (plugin / "plugin.yaml").write_text(MANIFEST)
        os.chmod(self.keys, 0o311)
        self.addCleanup(os.chmod, self.keys, 0o755)
        answer = as_ordinary_user(lambda: verdict(plugin, self.keys, "disabled"))
        self.assertEqual(
            answer,
            {"loads": False, "signature_status": None, "key_id": None, "reason": "trusted-keys-unreadable"},
        )


class Modes(unittest.TestCase):
    """The table of section 6, row by row, and its order of precedence."""

    def setUp(self) -> None:
        base = temporary_folder(self)
        self.plugin, self.keys = base / "plugin", base / "keys"
        self.plugin.mkdir()
        self.keys.mkdir()
        self.key = Ed25519PrivateKey.generate()
        self.manifest(MANIFEST)
        (self.plugin / "plugin.py").write_text("class Plugin: pass\n")

    def manifest(self, text: str) -> None:
        (self.plugin / "plugin.yaml").write_text(text)

    def sign(self, content: str | None = None) -> None:
        (self.plugin / "plugin.sig").write_text(content or self.key.sign(digest(self.plugin)).hex())

    def trust(self, name: str, key: Ed25519PrivateKey) -> None:
        (self.keys / name).write_bytes(public_pem(key))

    def answers(self) -> dict[str, str]:
        """Returns each mode's answer in short: status, reason."""
        shown = {}
        for mode in ("strict", "warn", "disabled"):
            answer = verdict(self.plugin, self.keys, mode)
            status = answer["signature_status"] if answer["loads"] else "refused"
            shown[mode] = f"{status}, {answer['reason']}" + (f", {answer['key_id']}" if answer["key_id"] else "")
        return shown

    def assert_answers(self, strict: str, warn: str, disabled: str = "skipped, skipped") -> None:
        self.assertEqual(self.answers(), {"strict": strict, "warn": warn, "disabled": disabled})

    def test_match(self) -> None:
        self.trust("acme.pem", self.key)
        self.sign()
        self.assert_answers("verified, verified, acme", "verified, verified, acme")

    def test_unsigned(self) -> None:
        self.trust("acme.pem", self.key)
        self.assert_answers("refused, unsigned", "unsigned, unsigned")

    def test_no_trusted_keys(self) -> None:
        self.sign()
        self.assert_answers("refused, no-trusted-keys", "invalid, no-trusted-keys")

    def test_no_key_matches(self) -> None:
        self.sign()
        self.trust("acme.pem", Ed25519PrivateKey.generate())
        self.assert_answers("refused, no-key-matches", "invalid, no-key-matches")

    def test_malformed(self) -> None:
        self.sign("not hex")
        self.assert_answers("refused, signature-malformed", "refused, signature-malformed")

    def test_not_canonical(self) -> None:
        self.trust("acme.pem", self.key)
        self.sign()
        self.manifest(MANIFEST + "day: 2024-01-15\n")
        self.assert_answers("refused, not-canonical", "refused, not-canonical")

    def test_a_date_without_signature_or_without_keys(self) -> None:
        self.sign()
        self.manifest(MANIFEST + "day: 2024-01-15\n")
        self.assert_answers("refused, no-trusted-keys", "invalid, no-trusted-keys")
        (self.plugin / "plugin.sig").unlink()
        self.assert_answers("refused, unsigned", "unsigned, unsigned")

    def test_malformed_comes_before_no_keys_and_after_the_manifest(self) -> None:
        self.sign("not hex")
        self.manifest(MANIFEST + "day: 2024-01-15\n")
        self.assert_answers("refused, signature-malformed", "refused, signature-malformed")
        self.manifest("id: ab\n")
        self.assert_answers(*["refused, manifest-fields-missing"] * 3)

    def test_any_change_to_what_is_covered_and_none_to_what_is_not(self) -> None:
        self.trust("acme.pem", self.key)
        self.sign()
        (self.plugin / "README.md").write_text("not covered")
        self.manifest(MANIFEST + "trust: {a: 2024-01-15}\nsignature: b\n")
        self.assertEqual(self.answers()["strict"], "verified, verified, acme")
        (self.plugin / "new.py").write_text("")
        self.assertEqual(self.answers()["warn"], "invalid, no-key-matches")

    def test_checks_refuse_in_every_mode(self) -> None:
        for change, reason in (
            ("id: a\n", "id-invalid"),
            ("plugin_type: other\n", "plugin-type-invalid"),
            ("plugin_type: [action]\n", "plugin-type-invalid"),
            ("version: 0.0\n", "manifest-fields-missing"),
            ("name:\n", "manifest-fields-missing"),
            ("x: [\n", "manifest-unreadable"),
        ):
            self.manifest(MANIFEST + change)
            self.assert_answers(*[f"refused, {reason}"] * 3)
        self.manifest("- a\n")
        self.assert_answers(*["refused, manifest-not-mapping"] * 3)
        (self.plugin / "plugin.yaml").unlink()
        self.assert_answers(*["refused, manifest-missing"] * 3)

    def test_loose_ends_of_the_id_rule(self) -> None:
        for change in ('id: "ab\\n"\n', "id: 12\n", "id: yes\n"):
            self.manifest(MANIFEST + change)
            self.assertEqual(self.answers()["warn"], "unsigned, unsigned", change)

    def test_modes_are_lower_case_and_unknown_ones_strict(self) -> None:
        self.assertTrue(verdict(self.plugin, self.keys, "WARN")["loads"])
        self.assertTrue(verdict(self.plugin, self.keys, "Disabled")["loads"])
        self.assertFalse(verdict(self.plugin, self.keys, "off")["loads"])


if __name__ == "__main__":
    unittest.main()
