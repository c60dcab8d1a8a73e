"""Checks a plugin's signature as AiSOC's loader does: python3 check.py FOLDER

It needs PyYAML and cryptography, which AiSOC itself depends on, and runs nothing of the plugin.
Save it outside of the plugin's folder.
"""
import sys

if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    # The folder of this script or the one where it is run: a stranger's `yaml.py` there would be run.
    del sys.path[0]

import hashlib
import json
from pathlib import Path

try:
    import yaml
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
except ImportError as error:
    sys.exit(f"NOT CHECKED: {error}; python3 -m pip install pyyaml cryptography")

PEM = b"""\
@PEM@"""
DIGEST = "@DIGEST@"


def read_manifest(folder):
    path = folder / "plugin.yaml"
    if path.exists():
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    else:
        path = folder / "aisoc-plugin.json"
        if not path.exists():
            sys.exit(f"NOT CHECKED: {folder} has no plugin.yaml and no aisoc-plugin.json; give the plugin's own folder")
        values = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(values, dict):
        sys.exit(f"NOT VALID: {path.name} is no mapping")
    return {key: value for key, value in values.items() if key not in ("signature", "trust")}


def digest_of(manifest, files):
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    canonical = json.dumps({"manifest": manifest, "files": hashes}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).digest()


def fits(signature, digest):
    try:
        load_pem_public_key(PEM).verify(signature, digest)
        return True
    except InvalidSignature:
        return False


if len(sys.argv) != 2:
    sys.exit("NOT CHECKED: give the plugin's folder and nothing else: python3 check.py FOLDER")
folder = Path(sys.argv[1])
script = Path(sys.argv[0]).resolve()
if not folder.is_dir():
    sys.exit(f"NOT CHECKED: {folder} is no folder")
if script.is_file() and folder.resolve() in script.parents:
    sys.exit("NOT CHECKED: save this file outside of the plugin's folder, where it would count as one more file")
try:
    manifest = read_manifest(folder)
    # Not rglob("*.py"), which takes X.PY along on Windows.
    found = (path for path in folder.rglob("*") if path.name.endswith(".py") and path.is_file())
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    digest = digest_of(manifest, files)
except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
    sys.exit(f"NOT CHECKED: the manifest or a .py file cannot be read: {ascii(str(error))[:300]}")
try:
    signature = (folder / "plugin.sig").read_bytes()
    if len(signature) != 64:
        signature = bytes.fromhex(signature.decode("ascii"))
except OSError as error:
    sys.exit(f"NOT VALID: plugin.sig cannot be read: {error.strerror}")
except ValueError:
    sys.exit("NOT VALID: plugin.sig holds neither 64 bytes nor 128 hexadecimal digits")
if not fits(signature, digest):
    lf = {name: data.replace(b"\r\n", b"\n") for name, data in files.items()}
    crlf = {name: data.replace(b"\n", b"\r\n") for name, data in lf.items()}
    hint = ""
    for other, name in ((lf, "LF"), (crlf, "CRLF")):
        if fits(signature, digest_of(manifest, other)):
            hint = f"; it fits the same files with {name} at the ends of lines: get them without a change of line endings"
    sys.exit(f"NOT VALID: the signature does not fit these files and this key (digest {digest.hex()}){hint}")
if digest.hex() != DIGEST:
    sys.exit(f"NOT WHAT WAS SUBMITTED: it is signed by this key, and has the digest {digest.hex()}")
py_files = "1 .py file" if len(files) == 1 else f"{len(files)} .py files"
print(f"valid: the manifest without `signature` and `trust`, and {py_files}, digest {digest.hex()}")
print("Nothing else in the folder is signed.")
