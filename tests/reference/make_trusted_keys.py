"""Makes the files of tests/data/trusted-keys and records what `cryptography` makes of each.

    python3 tests/reference/make_trusted_keys.py

Files that are there are kept, since most hold keys made at random. The outcome is recorded in expected.json under the
installed version of `cryptography`; run it once under each version of interest. Needs the `openssl` program to make a
missing file.
"""

import base64
import json
import subprocess
from pathlib import Path

import cryptography
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FOLDER = Path(__file__).resolve().parents[1] / "data" / "trusted-keys"

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DER = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
RAW = DER[12:]
OTHER = DER[:12] + bytes(range(100, 132))


def pem(der: bytes, label: bytes = b"PUBLIC KEY", width: int = 64) -> bytes:
    text = base64.b64encode(der)
    lines = [text[i : i + width] for i in range(0, len(text), width)]
    return b"\n".join([b"-----BEGIN " + label + b"-----", *lines, b"-----END " + label + b"-----", b""])


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def seq(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def bits(content: bytes, unused: int = 0) -> bytes:
    return tlv(0x03, bytes([unused]), content)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(number) for number in dotted.split("."))
    out = bytearray()
    for number in [first * 40 + second, *rest]:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        out += bytes(reversed(digits))
    return tlv(0x06, bytes(out))


ED25519 = oid("1.3.101.112")
UNKNOWN = oid("1.3.101.1")
EC = oid("1.2.840.10045.2.1")
P256 = oid("1.2.840.10045.3.1.7")
NULL = b"\x05\x00"
PEM = pem(DER)
BASE64 = base64.b64encode(DER)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


def spki(algorithm: bytes, key: bytes = bits(RAW)) -> bytes:
    return pem(seq(seq(algorithm), key))


def body(text: bytes) -> bytes:
    return b"-----BEGIN PUBLIC KEY-----\n" + text + b"\n-----END PUBLIC KEY-----\n"


def openssl(command: str) -> bytes:
    return subprocess.run(f"openssl {command}", shell=True, check=True, capture_output=True).stdout


def curve(name: str, encoding: str = "named_curve") -> bytes:
    return openssl(f"ecparam -name {name} -genkey -noout -param_enc {encoding} | openssl pkey -pubout")


def other_kind(arguments: str) -> bytes:
    return openssl(f"genpkey {arguments} | openssl pkey -pubout")


CASES = {
    "plain": lambda: PEM,
    "not-a-point": lambda: pem(DER[:12] + b"\x02" + bytes(31)),
    "non-canonical-point": lambda: pem(DER[:12] + b"\xff" * 32),
    "small-order-point": lambda: pem(DER[:12] + bytes(32)),
    # How the text may be written.
    "crlf": lambda: PEM.replace(b"\n", b"\r\n"),
    "cr-only": lambda: PEM.replace(b"\n", b"\r"),
    "bom": lambda: b"\xef\xbb\xbf" + PEM,
    "indented": lambda: b"".join(b"   " + line + b"\n" for line in PEM.splitlines()),
    "width-1": lambda: pem(DER, width=1),
    "width-20": lambda: pem(DER, width=20),
    "width-1000": lambda: pem(DER, width=1000),
    "one-line-spaces": lambda: PEM.replace(b"\n", b" "),
    "one-line": lambda: PEM.replace(b"\n", b""),
    "no-final-newline": lambda: PEM.rstrip(),
    "text-before": lambda: b"hello\nworld\n" + PEM,
    "dashes-before": lambda: b"-----\n" + PEM,
    "begin-before": lambda: b"-----BEGIN nothing\n" + PEM,
    "not-utf8-before": lambda: b"\xff\xfe" + PEM,
    "text-after": lambda: PEM + b"text",
    "space-in-base64": lambda: body(BASE64[:10] + b" \t\x0b\x0c" + BASE64[10:]),
    "wide-space-in-base64": lambda: body(BASE64[:10] + "\u00a0\u2028".encode() + BASE64[10:]),
    "blank-line-first": lambda: body(b"\n" + BASE64),
    "blank-line-inside": lambda: body(BASE64[:10] + b"\n\n" + BASE64[10:]),
    "blank-line-last": lambda: body(BASE64 + b"\n"),
    "header": lambda: body(b"Comment: mine\n\n" + BASE64),
    "header-encrypted": lambda: body(b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + BASE64),
    "header-without-colon": lambda: body(b"Comment\n\n" + BASE64),
    "header-without-blank-line": lambda: body(b"Comment: mine\n" + BASE64),
    "comment-line": lambda: body(b"# mine\n" + BASE64),
    "no-padding": lambda: PEM.replace(b"=", b""),
    "too-much-padding": lambda: PEM.replace(b"=\n-", b"==\n-"),
    "nul-inside": lambda: PEM[:40] + b"\0" + PEM[40:],
    "not-utf8-inside": lambda: PEM[:40] + b"\xff" + PEM[40:],
    "utf16": lambda: PEM.decode().encode("utf-16"),
    "four-dashes": lambda: PEM.replace(b"-----", b"----"),
    "six-dashes": lambda: PEM.replace(b"-----", b"------"),
    "wrong-end": lambda: PEM.replace(b"END PUBLIC", b"END PRIVATE"),
    "no-end": lambda: PEM.split(b"-----END")[0],
    "empty": lambda: b"",
    "newline-only": lambda: b"\n",
    "junk": lambda: b"junk\n",
    "empty-block": lambda: b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
    "der": lambda: DER,
    "openssh": lambda: KEY.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ),
    # Several blocks, and other labels.
    "two-keys": lambda: PEM + pem(OTHER),
    "public-then-private": lambda: PEM + PRIVATE,
    "private-then-public": lambda: PRIVATE + PEM,
    "private": lambda: PRIVATE,
    "other-block-first": lambda: pem(b"abc", b"JUNK") + PEM,
    "damaged-block-first": lambda: pem(b"abc") + PEM,
    "label-lower-case": lambda: pem(DER, b"public key"),
    "label-empty": lambda: pem(DER, b""),
    "label-certificate": lambda: pem(DER, b"CERTIFICATE"),
    "label-ec": lambda: pem(DER, b"EC PUBLIC KEY"),
    "label-rsa": lambda: pem(DER, b"RSA PUBLIC KEY"),
    "label-rsa-unknown-kind": lambda: pem(seq(seq(UNKNOWN), bits(RAW)), b"RSA PUBLIC KEY"),
    "label-other-unknown-kind": lambda: pem(seq(seq(UNKNOWN), bits(RAW)), b"ANY PUBLIC KEY"),
    "certificate": lambda: openssl(
        "req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj /CN=acme -days 1"
    ),
    # How Ed25519 may be spelled in DER.
    "null-parameters": lambda: spki(ED25519 + NULL),
    "sequence-parameters": lambda: spki(ED25519 + seq()),
    "two-parameters": lambda: spki(ED25519 + NULL + NULL),
    "bytes-after-spki": lambda: pem(DER + b"\0"),
    "element-after-key": lambda: pem(seq(seq(ED25519), bits(RAW), NULL)),
    "31-bytes": lambda: spki(ED25519, bits(RAW[:31])),
    "33-bytes": lambda: spki(ED25519, bits(RAW + b"\0")),
    "no-bytes": lambda: spki(ED25519, bits(b"")),
    "unused-bits": lambda: spki(ED25519, bits(RAW[:31] + bytes([RAW[31] & 0xFE]), 1)),
    "unused-bits-set": lambda: spki(ED25519, bits(RAW[:31] + bytes([RAW[31] | 1]), 1)),
    "long-length": lambda: pem(b"\x30\x81\x2a" + DER[2:]),
    "indefinite-length": lambda: pem(b"\x30\x80" + DER[2:] + b"\0\0"),
    "octet-string": lambda: spki(ED25519, tlv(0x04, RAW)),
    # Other kinds.
    "rsa-2048": lambda: other_kind("-algorithm RSA"),
    "rsa-512": lambda: openssl("genrsa 512 | openssl pkey -pubout"),
    "rsa-pss": lambda: other_kind("-algorithm RSA-PSS"),
    "rsa-pkcs1": lambda: openssl("genrsa 2048 | openssl rsa -RSAPublicKey_out"),
    "rsa-oaep": lambda: spki(oid("1.2.840.113549.1.1.7") + seq()),
    "dsa": lambda: openssl("dsaparam -genkey -noout 1024 | openssl pkey -pubout"),
    "dh": lambda: other_kind("-algorithm DH -pkeyopt group:ffdhe2048"),
    "dhx": lambda: other_kind("-algorithm DHX -pkeyopt group:dh_2048_256"),
    "x25519": lambda: other_kind("-algorithm X25519"),
    "x448": lambda: other_kind("-algorithm X448"),
    "ed448": lambda: other_kind("-algorithm ED448"),
    "ed448-short": lambda: spki(oid("1.3.101.113")),
    "ml-dsa-65": lambda: spki(oid("2.16.840.1.101.3.4.3.18"), bits(bytes(1952))),
    "ml-kem-512": lambda: spki(oid("2.16.840.1.101.3.4.4.1"), bits(bytes(800))),
    "ml-kem-768": lambda: spki(oid("2.16.840.1.101.3.4.4.2"), bits(bytes(1184))),
    "slh-dsa": lambda: spki(oid("2.16.840.1.101.3.4.3.20")),
    "gost": lambda: spki(oid("1.2.643.7.1.1.1.1")),
    "unknown-kind": lambda: spki(UNKNOWN),
    "unknown-kind-null": lambda: spki(UNKNOWN + NULL),
    "unknown-kind-octet-string": lambda: spki(UNKNOWN, tlv(0x04, RAW)),
    "unknown-kind-bytes-after": lambda: pem(seq(seq(UNKNOWN), bits(RAW)) + b"\0"),
    "unknown-kind-two-parameters": lambda: spki(UNKNOWN + NULL + NULL),
    "unknown-kind-cut-parameter": lambda: spki(UNKNOWN + b"\x05\x05"),
    "unknown-kind-high-tag": lambda: spki(UNKNOWN + b"\x1f\x81\x01\x00"),
    "unknown-kind-high-tag-long-form": lambda: spki(UNKNOWN + b"\x1f\x01\x00"),
    "unknown-kind-high-tag-33-bits": lambda: spki(UNKNOWN + b"\x1f\xff\xff\xff\xff\x7f\x00"),
    "unknown-kind-unused-bits-set": lambda: spki(UNKNOWN, bits(b"\x01", 1)),
    "unknown-kind-8-unused-bits": lambda: spki(UNKNOWN, bits(RAW, 8)),
    "oid-40-bytes": lambda: spki(tlv(0x06, b"\x2b" * 40)),
    "oid-63-bytes": lambda: spki(tlv(0x06, b"\x2b" * 63)),
    "oid-64-bytes": lambda: spki(tlv(0x06, b"\x2b" * 64)),
    "oid-18-digits": lambda: spki(tlv(0x06, b"\x2b" + b"\xff" * 17 + b"\x7f")),
    "oid-19-digits": lambda: spki(tlv(0x06, b"\x2b" + b"\xff" * 18 + b"\x7f")),
    "oid-empty": lambda: spki(tlv(0x06)),
    "oid-unfinished": lambda: spki(tlv(0x06, b"\x2b\x80")),
    "oid-leading-zero": lambda: spki(tlv(0x06, b"\x2b\x80\x65\x70")),
    # Elliptic curves.
    **{
        f"ec-{name}": lambda name=name: curve(name)
        for name in (
            "prime192v1 secp224r1 prime256v1 secp384r1 secp521r1 secp256k1 brainpoolP256r1 brainpoolP384r1"
            " brainpoolP512r1 brainpoolP320r1 brainpoolP256t1 secp112r1 secp192k1 prime239v1 sect163k1 sect571r1 SM2"
        ).split()
    },
    **{
        f"ec-{name}-explicit": lambda name=name: curve(name, "explicit")
        for name in "prime256v1 secp384r1 secp521r1 secp224r1 secp256k1 brainpoolP256r1 secp112r1".split()
    },
    "ec-no-parameters": lambda: spki(EC, bits(b"\x04" + b"\1" * 64)),
    "ec-null-parameters": lambda: spki(EC + NULL, bits(b"\x04" + b"\1" * 64)),
    "ec-integer-parameters": lambda: spki(EC + b"\x02\x01\x01", bits(b"\x04" + b"\1" * 64)),
    "ec-point-not-on-curve": lambda: spki(EC + P256, bits(b"\x04" + b"\1" * 64)),
    "ec-point-at-infinity": lambda: spki(EC + P256, bits(b"\x00")),
    "ec-unknown-curve-no-point": lambda: spki(EC + oid("1.2.3.4"), bits(b"")),
    "ecdh": lambda: spki(oid("1.3.132.1.12") + P256, bits(b"\x04" + b"\1" * 64)),
}


def outcome(data: bytes) -> str:
    """Says what loading a file gives: `ed25519:<hex>`, `other`, `passed-over` (ValueError) or `raises:<exception>`."""
    try:
        key = serialization.load_pem_public_key(data)
    except ValueError:
        return "passed-over"
    except UnsupportedAlgorithm:
        return "raises:UnsupportedAlgorithm"
    except Exception as error:  # Whatever else it is, the loader does not catch it either.
        return f"raises:{type(error).__name__}"
    if isinstance(key, Ed25519PublicKey):
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"ed25519:{raw.hex()}"
    return "other"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    record = FOLDER / "expected.json"
    expected = json.loads(record.read_text()) if record.exists() else {}
    for name, make in CASES.items():
        path = FOLDER / f"{name}.pem"
        if not path.exists():
            path.write_bytes(make())
        expected.setdefault(name, {})[cryptography.__version__] = outcome(path.read_bytes())
    expected = {name: dict(sorted(expected[name].items())) for name in sorted(CASES)}
    record.write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
