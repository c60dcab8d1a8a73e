"""AiSOC's loader contract, section by section, up to and with the signature check.

Limits of this program are none of this module's business: it answers what the loader answers, for any folder.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from .files import exists, is_folder, is_regular_file, python_files
from .model import Format, canonical_text, parse, without_unsigned_keys
from .reasons import STATUS_IN_WARN_MODE, Reason

Mode = Literal["strict", "warn", "disabled"]

REQUIRED_FIELDS = ("id", "name", "version", "plugin_type")
PLUGIN_TYPES = frozenset({"enricher", "action", "connector", "responder", "detection", "widget"})
ID_RULE = re.compile(r"^[a-zA-Z0-9][a-zA-Z0-9._-]{1,63}$")
KEY_FILE_ENDINGS = frozenset({"pem", "pub"})


class Verdict(TypedDict):
    """The loader's answer: the fields of `aisoc-publisher verify --json` whose meaning is frozen."""

    loads: bool
    signature_status: str | None
    key_id: str | None
    reason: str


class Refusal(Exception):
    """Stops a plugin; `reason` names why."""

    def __init__(self, reason: Reason, detail: object = "") -> None:
        """Takes the reason, and whatever Python had to say about it."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason


# Section 1: finding a plugin.


def read_manifest(plugin: Path) -> dict[Any, Any]:
    """Returns the manifest's mapping; `plugin.yaml` hides an `aisoc-plugin.json` beside it."""
    candidates: tuple[tuple[str, Format], ...] = (("plugin.yaml", "yaml"), ("aisoc-plugin.json", "json"))
    try:
        path, fmt = next((plugin / name, fmt) for name, fmt in candidates if exists(plugin / name))
    except StopIteration:
        raise Refusal(Reason.MANIFEST_MISSING, plugin) from None
    except OSError as error:
        raise Refusal(Reason.MANIFEST_UNREADABLE, error) from error
    try:
        manifest = parse(path.read_bytes().decode("utf-8"), fmt)
    except Exception as error:  # A parser may raise anything; the loader refuses the plugin for all of it.
        raise Refusal(Reason.MANIFEST_UNREADABLE, error) from error
    if not isinstance(manifest, dict):
        raise Refusal(Reason.MANIFEST_NOT_MAPPING, type(manifest).__name__)
    return manifest


# Section 2: checks before the signature.


def checks(manifest: dict[Any, Any]) -> None:
    """Raises `Refusal` for the first check that a manifest fails, in the loader's order."""
    missing = [field for field in REQUIRED_FIELDS if not manifest.get(field)]
    if missing:
        raise Refusal(Reason.MANIFEST_FIELDS_MISSING, ", ".join(missing))
    # A number passes here and fails after the signature, where this module no longer looks.
    if not ID_RULE.match(str(manifest["id"])):
        raise Refusal(Reason.ID_INVALID, repr(manifest["id"]))
    plugin_type = manifest["plugin_type"]
    if not isinstance(plugin_type, str) or plugin_type not in PLUGIN_TYPES:
        raise Refusal(Reason.PLUGIN_TYPE_INVALID, repr(plugin_type))


# Section 3: the bytes that are signed.


def covered_files(plugin: Path) -> dict[str, str]:
    """Returns the SHA-256 of every covered file by its relative POSIX path."""
    return {
        path.relative_to(plugin).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in python_files(plugin)
        if is_regular_file(path)
    }


def canonical(plugin: Path) -> bytes:
    """Returns the canonical bytes of a plugin's payload, whether or not the loader's other checks let it pass."""
    manifest = without_unsigned_keys(read_manifest(plugin))
    try:
        canonical_text(manifest)  # Before the files only so that the reason does not depend on them.
    except Exception as error:  # As for reading: whatever is raised, the loader refuses the plugin.
        raise Refusal(Reason.NOT_CANONICAL, error) from error
    try:
        files = covered_files(plugin)
    except OSError as error:
        raise Refusal(Reason.FILE_UNREADABLE, error) from error
    return canonical_text({"manifest": manifest, "files": files}).encode("utf-8")


def digest(plugin: Path) -> bytes:
    """Returns the 32 bytes that are the message of a plugin's Ed25519 signature."""
    return hashlib.sha256(canonical(plugin)).digest()


# Section 4: plugin.sig.


def parse_signature(content: bytes) -> bytes:
    """Returns the 64 bytes of a signature's file: hex of them, or they themselves."""
    try:
        # `fromhex` skips white space between pairs of digits; `strip` is for what it would not.
        decoded = bytes.fromhex(content.strip().decode("ascii"))
    except ValueError:
        decoded = b""
    if len(decoded) == 64:
        return decoded
    if len(content) == 64:
        return content
    raise Refusal(Reason.SIGNATURE_MALFORMED, f"{len(content)} bytes")


def read_signature(plugin: Path) -> bytes | None:
    """Returns the 64 bytes of a plugin's signature, or None for an unsigned plugin."""
    path = plugin / "plugin.sig"
    try:
        if not exists(path):
            return None
        content = path.read_bytes()
    except OSError as error:
        raise Refusal(Reason.SIGNATURE_UNREADABLE, error) from error
    return parse_signature(content)


# Section 5: trusted keys.


def trusted_keys(folder: Path) -> list[tuple[str, bytes]]:
    """Returns the key files of an operator's folder, id and content, in the order in which they are tried.

    What a file holds is looked at only when its turn comes. A folder that is missing holds no keys; one that cannot be
    read raises `Refusal`. A single file that cannot be read is left out.
    """
    try:
        if not is_folder(folder):
            return []
        paths = sorted(path for path in folder.iterdir() if _key_id(path) is not None)
    except OSError as error:
        raise Refusal(Reason.TRUSTED_KEYS_UNREADABLE, error) from error
    return list(_readable(paths))


def _key_id(path: Path) -> str | None:
    """Returns the stem of a key file's name; None for another name, `.pem` alone among them."""
    stem, _, ending = path.name.rpartition(".")
    return stem if stem and ending.lower() in KEY_FILE_ENDINGS else None


def _readable(paths: list[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError:
            continue
        yield _key_id(path) or "", content


def matching_key(keys: list[tuple[str, bytes]], signature: bytes, message: bytes) -> str:
    """Returns the id of the first key that a signature matches; raises `Refusal` without one."""
    for key_id, content in keys:
        try:
            key = load_pem_public_key(content)
        except ValueError:
            continue  # No key, or no public one: skipped.
        except Exception as error:  # `cryptography` knows the kind and does not support it: nothing catches that.
            raise Refusal(Reason.TRUSTED_KEY_STOPS_LOADER, error) from error
        if not isinstance(key, Ed25519PublicKey):
            continue
        try:
            key.verify(signature, message)
        except InvalidSignature:
            continue
        return key_id
    raise Refusal(Reason.NO_KEY_MATCHES)


# Section 6: trust modes.


def verdict(plugin: Path, keys_folder: Path, mode: str) -> Verdict:
    """Returns what the loader answers for a plugin in one trust mode. An unknown mode is `strict`."""
    mode = mode.lower()
    try:
        # These come before the mode is looked at, so they refuse a plugin in every mode.
        checks(read_manifest(plugin))
        keys = trusted_keys(keys_folder)
    except Refusal as refusal:
        return _refused(refusal.reason)
    if mode == "disabled":
        return _loads("skipped", None, Reason.SKIPPED)
    try:
        key_id = _signed_by(plugin, keys)
    except Refusal as refusal:
        status = STATUS_IN_WARN_MODE.get(refusal.reason) if mode == "warn" else None
        return _loads(status, None, refusal.reason) if status else _refused(refusal.reason)
    return _loads("verified", key_id, Reason.VERIFIED)


def _signed_by(plugin: Path, keys: list[tuple[str, bytes]]) -> str:
    signature = read_signature(plugin)
    if signature is None:
        raise Refusal(Reason.UNSIGNED)
    if not keys:
        raise Refusal(Reason.NO_TRUSTED_KEYS)
    return matching_key(keys, signature, digest(plugin))


def _loads(status: str, key_id: str | None, reason: Reason) -> Verdict:
    return {"loads": True, "signature_status": status, "key_id": key_id, "reason": reason.value}


def _refused(reason: Reason) -> Verdict:
    return {"loads": False, "signature_status": None, "key_id": None, "reason": reason.value}
