"""Signs plugin folders as the contract says, with Python's `cryptography`: `sign.py SEED`, a folder a line on stdin."""

import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reference.loader import Refusal, digest

key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[1]))
for line in sys.stdin:
    plugin = Path(line.rstrip("\n"))
    try:
        signature = key.sign(digest(plugin))
    except Refusal:
        signature = bytes(64)
    (plugin / "plugin.sig").write_text(signature.hex())
