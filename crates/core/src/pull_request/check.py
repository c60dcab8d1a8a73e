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

import yaml
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PEM = b"""\
@PEM@"""
DIGEST = "@DIGEST@"

folder = Path(sys.argv[1])
script = Path(sys.argv[0]).resolve()
if script.is_file() and folder.resolve() in script.parents:
    sys.exit("NOT CHECKED: save this file outside of the plugin's folder, where it would count as one more file")
manifest = folder / "plugin.yaml"
if manifest.exists():
    values = yaml.safe_load(manifest.read_text(encoding="utf-8"))
else:
    values = json.loads((folder / "aisoc-plugin.json").read_text(encoding="utf-8"))
values = {key: value for key, value in values.items() if key not in ("signature", "trust")}
files = {
    path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
    for path in folder.rglob("*.py")
    if path.is_file()
}
canonical = json.dumps({"manifest": values, "files": files}, sort_keys=True, separators=(",", ":")).encode("utf-8")
digest = hashlib.sha256(canonical).digest()
signature = (folder / "plugin.sig").read_bytes()
if len(signature) != 64:
    signature = bytes.fromhex(signature.decode("ascii"))
try:
    load_pem_public_key(PEM).verify(signature, digest)
except InvalidSignature:
    sys.exit(f"NOT VALID: the signature does not fit these files and this key (digest {digest.hex()})")
if digest.hex() != DIGEST:
    sys.exit(f"NOT WHAT WAS SUBMITTED: it is signed by this key, and has the digest {digest.hex()}")
print(f"valid: {len(files)} .py files and the manifest, digest {digest.hex()}")
