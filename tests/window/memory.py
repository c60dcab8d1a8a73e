"""Looks for secrets where they must not be: in the memory of processes, in their arguments, in files, in selections.

Each secret is looked for in every form in which a program could have left it: as it is, in halves, in hex, in base64 at
every alignment, and as text of one and of two bytes a character.
"""

import base64
import contextlib
import ctypes
import hashlib
import mmap
import os
import re
from collections.abc import Iterator
from pathlib import Path

# What is read at once; the overlap is longer than every form.
CHUNK = 4 << 20
OVERLAP = 4 << 10
PAGE = mmap.PAGESIZE
SELECTIONS = ("PRIMARY", "SECONDARY", "CLIPBOARD")


class Secret:
    """A secret with every form in which it is looked for."""

    def __init__(self, name: str, forms: dict[str, bytes]):
        self.name = name
        self.forms = forms

    @classmethod
    def of_seed(cls, seed: bytes) -> "Secret":
        """Returns the forms of an Ed25519 private key; PKCS#8, DER and PEM contain one of them.

        The halves are AES's blocks of the PKCS#8 form, in which the keyring sends it. The hash of the seed is as good as the
        seed: its first half, with some bits set (RFC 8032 §5.1.5), is the scalar that signs.
        """
        order = 2**252 + 27742317777372353535851937790883648493
        hashed = hashlib.sha512(seed).digest()
        clamped = bytearray(hashed[:32])
        clamped[0] &= 248
        clamped[31] = clamped[31] & 127 | 64
        reduced = (int.from_bytes(clamped, "little") % order).to_bytes(32, "little")
        forms = {"first half": seed[:16], "second half": seed[16:]} | _texts(seed)
        forms |= {"hash": hashed[:16], "hash, second half": hashed[32:48], "scalar": bytes(clamped), "reduced": reduced}
        return cls("seed", forms)

    @classmethod
    def of_text(cls, text: str) -> "Secret":
        """Returns the forms of a passphrase."""
        plain = text.encode()
        return cls("passphrase", {"text": plain, "wide text": text.encode("utf-16-le")} | _texts(plain))

    def found(self, content: bytes) -> set[str]:
        """Returns the forms that `content` holds, each as `<secret>: <form>`."""
        return {f"{self.name}: {form}" for form, wanted in self.forms.items() if wanted in content}


def _texts(secret: bytes) -> dict[str, bytes]:
    texts = {"hex": secret.hex(), "upper-case hex": secret.hex().upper()}
    for before in range(3):
        # The digits that hold bits of nothing but the secret.
        digits = base64.b64encode(bytes(before) + secret).decode().rstrip("=")
        digits = digits[(8 * before + 5) // 6 : 8 * (before + len(secret)) // 6]
        texts[f"base64, {before} bytes in"] = digits
        texts[f"URL-safe base64, {before} bytes in"] = digits.replace("+", "-").replace("/", "_")
    forms = {name: text.encode() for name, text in texts.items()}
    return forms | {f"wide {name}": text.encode("utf-16-le") for name, text in texts.items()}


def processes(home: Path) -> dict[int, str]:
    """Returns the processes that were started with this home folder, by id, and what each is called."""
    wanted = b"HOME=" + os.fsencode(home)
    found = {}
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and wanted in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = Path(os.readlink(process / "exe")).name
        except OSError:
            # It has ended, or is somebody else's.
            continue
    return found


def memory(process: int) -> Iterator[tuple[str, bytes]]:
    """Yields what a process has written: its memory in overlapping pieces, each with the name of its mapping.

    Left out is what was never touched, of which WebKit reserves 64 GiB, and what is a file's and cannot be written to.
    """
    with open(f"/proc/{process}/mem", "rb", buffering=0) as content, open(f"/proc/{process}/pagemap", "rb") as pages:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            span, rights, _, _, inode, *name = line.split(maxsplit=5)
            name = name[0].strip() if name else "anonymous"
            if "r" not in rights or name.startswith("[v") or inode != "0" and "w" not in rights:
                continue
            start, end = (int(address, 16) for address in span.split("-"))
            before = b""
            for at in range(start, end, CHUNK):
                pages.seek(at // PAGE * 8)
                # Eight bytes a page; the two highest bits say that it is in memory or swapped out.
                kinds = pages.read(min(CHUNK, end - at) // PAGE * 8)[7::8]
                if not kinds.translate(None, bytes(range(64))):
                    before = b""
                    continue
                try:
                    content.seek(at)
                    piece = content.read(min(CHUNK, end - at))
                except OSError:
                    # Unmapped meanwhile, or a device's.
                    break
                yield name, before + piece
                # Not read ahead: to look at a page that was never touched is to touch it.
                before = piece[-OVERLAP:]


def in_process(process: int, secrets: list[Secret], known: re.Pattern | None = None) -> set[str]:
    """Returns what memory, arguments and environment of a process hold of the secrets, but for places that match `known`."""
    found = set()
    for place in ("cmdline", "environ"):
        content = Path(f"/proc/{process}/{place}").read_bytes()
        found |= {f"{form} in {place}" for secret in secrets for form in secret.found(content)}
    for name, piece in memory(process):
        for secret in secrets:
            forms = secret.found(piece)
            if forms and known:
                forms = secret.found(known.sub(b"", piece))
            found |= {f"{form} in memory ({name})" for form in forms}
    return found


def selections(display: str) -> set[str]:
    """Returns the selections of a display, the clipboard among them, that some program offers a content for."""
    with _X11(display) as x11:
        return {name for name in SELECTIONS if x11.owner(name)}


@contextlib.contextmanager
def selecting(display: str, name: str) -> Iterator[None]:
    """Offers a selection meanwhile."""
    with _X11(display) as x11:
        x11.own(name)
        yield


class _X11:
    """As much of Xlib as it takes."""

    def __init__(self, display: str):
        self.library = library = ctypes.CDLL("libX11.so.6")
        library.XOpenDisplay.restype = ctypes.c_void_p
        library.XInternAtom.restype = library.XGetSelectionOwner.restype = ctypes.c_ulong
        library.XCreateSimpleWindow.restype = library.XDefaultRootWindow.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(library.XOpenDisplay(display.encode()))
        if not self.display:
            raise OSError(f"no display {display}")

    def __enter__(self) -> "_X11":
        return self

    def __exit__(self, *_exception) -> None:
        self.library.XCloseDisplay(self.display)

    def owner(self, name: str) -> int:
        return self.library.XGetSelectionOwner(self.display, self._atom(name))

    def own(self, name: str) -> None:
        root = ctypes.c_ulong(self.library.XDefaultRootWindow(self.display))
        window = self.library.XCreateSimpleWindow(self.display, root, 0, 0, 1, 1, 0, ctypes.c_ulong(0), ctypes.c_ulong(0))
        self.library.XSetSelectionOwner(self.display, self._atom(name), ctypes.c_ulong(window), ctypes.c_ulong(0))
        self.library.XSync(self.display, 0)

    def _atom(self, name: str) -> ctypes.c_ulong:
        return ctypes.c_ulong(self.library.XInternAtom(self.display, name.encode(), 0))
