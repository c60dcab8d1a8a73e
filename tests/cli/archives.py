"""Makes archives of a signed plugin, sound ones and hostile ones: `archives.py PLUGIN OUT`, and with a number
behind that so many with bytes changed at random.

Prints one JSON object a line. For a sound archive `unpacked` is where Python's own `zipfile` or `tarfile` left the plugin, for
the reference to judge; for a hostile one `code` is what it is refused with, and `words` stand in the message.
"""

import gzip
import io
import json
import random
import stat
import struct
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

LONG = "a-folder-with-a-long-name/" * 9

Files = dict[str, bytes]


def files_of(folder: Path) -> Files:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


class Stream(io.BytesIO):
    """A file without positions, for which `zipfile` writes sizes behind the bytes."""

    def tell(self) -> int:
        raise io.UnsupportedOperation


def zip_of(files: Files, method: int = zipfile.ZIP_DEFLATED, folders: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        if folders:
            archive.mkdir("my_plugin")
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def streamed_zip_of(files: Files, zip64: bool = False) -> bytes:
    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            with archive.open(name, "w", force_zip64=zip64) as entry:
                entry.write(content)
    return out.getvalue()


def with_wide_headers(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(content)
    return out.getvalue()


def tar_of(files: Files, form: int = tarfile.PAX_FORMAT, prefix: str = "", extra: tuple[tarfile.TarInfo, ...] = ()) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        if prefix:
            root = tarfile.TarInfo(prefix)
            root.type = tarfile.DIRTYPE
            archive.addfile(root)
        for name, content in files.items():
            info = tarfile.TarInfo(prefix + name)
            info.size = len(content)
            info.mtime = 1700000000.25 if form == tarfile.PAX_FORMAT else 1700000000
            archive.addfile(info, io.BytesIO(content))
        for info in extra:
            archive.addfile(info, io.BytesIO(b"\0" * info.size))
    return out.getvalue()


def member(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info


def zip_with(files: Files, name: str, content: bytes, change: Callable[[zipfile.ZipInfo], None] = lambda info: None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        info.compress_type = zipfile.ZIP_DEFLATED
        change(info)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # About names that are there already.
            archive.writestr(info, content)
    return out.getvalue()


def with_mode(mode: int) -> Callable[[zipfile.ZipInfo], None]:
    def change(info: zipfile.ZipInfo) -> None:
        info.create_system = 3
        info.external_attr = mode << 16

    return change


def central(archive: bytes, name: bytes) -> int:
    """Returns where the directory's header of an entry begins."""
    at = archive.rindex(b"PK\x01\x02")
    while archive[at + 46 : at + 46 + len(name)] != name:
        at = archive.rindex(b"PK\x01\x02", 0, at)
    return at


def patched(archive: bytes, at: int, field: bytes) -> bytes:
    return archive[:at] + field + archive[at + len(field) :]


def set_method(archive: bytes, name: bytes, method: int) -> bytes:
    at = central(archive, name)
    local = struct.unpack_from("<I", archive, at + 42)[0]
    field = struct.pack("<H", method)
    return patched(patched(archive, at + 10, field), local + 8, field)


def set_flag(archive: bytes, name: bytes, flag: int) -> bytes:
    at = central(archive, name)
    local = struct.unpack_from("<I", archive, at + 42)[0]
    archive = patched(archive, at + 8, struct.pack("<H", struct.unpack_from("<H", archive, at + 8)[0] | flag))
    return patched(archive, local + 6, struct.pack("<H", struct.unpack_from("<H", archive, local + 6)[0] | flag))


def rename_local(archive: bytes, name: bytes, other: bytes) -> bytes:
    local = struct.unpack_from("<I", archive, central(archive, name) + 42)[0]
    return patched(archive, local + 30, other)


def overlapping(archive: bytes, name: bytes, over: bytes) -> bytes:
    """Lets two entries of the directory name the same bytes."""
    offset = archive[central(archive, over) + 42 :][:4]
    return patched(archive, central(archive, name) + 42, offset)


def pax_header(records: dict[str, str], kind: bytes) -> bytes:
    info = tarfile.TarInfo("pax")
    return info._create_pax_generic_header(records, kind, "utf-8")  # type: ignore[attr-defined, no-any-return]


def sound(files: Files) -> dict[str, bytes]:
    inside = {f"my_plugin/{name}": content for name, content in files.items()}
    info = {"my_plugin-1.0.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: hatchling 1.25.0\n"}
    long = {f"{LONG}{name}": content for name, content in files.items()}
    return {
        "my_plugin-1.0.0-py3-none-any.whl": zip_of(inside | info),
        "stored.zip": zip_of(inside, zipfile.ZIP_STORED),
        "folders.zip": zip_of(inside, folders=True),
        "root.zip": zip_of(files),
        "streamed.zip": streamed_zip_of(inside),
        "streamed-wide.zip": streamed_zip_of(inside, zip64=True),
        "wide.zip": with_wide_headers(inside),
        "long.zip": zip_of(long),
        "ustar.tar": tar_of(inside, tarfile.USTAR_FORMAT),
        "gnu.tar": tar_of(long, tarfile.GNU_FORMAT),
        "pax.tar": tar_of(long),
        "dot.tar": tar_of(files, prefix="./"),
        "pax.tar.gz": gzip.compress(tar_of(inside)),
        "gnu.tgz": gzip.compress(tar_of(inside, tarfile.GNU_FORMAT)),
        "UPPER.TAR.GZ": gzip.compress(tar_of(inside)),
        "commented.tar": pax_header({"comment": "a" * 40}, tarfile.XGLTYPE) + tar_of(inside),
        "two-streams.tar.gz": gzip.compress(tar_of(inside)[:700]) + gzip.compress(tar_of(inside)[700:]),
        "no-padding.tar": tar_of(inside).rstrip(b"\0") + b"\0" * (-len(tar_of(inside).rstrip(b"\0")) % 512),
    }


def hostile(files: Files) -> dict[str, tuple[bytes, str, str]]:
    inside = {f"my_plugin/{name}": content for name, content in files.items()}
    name = b"my_plugin/plugin.py"
    zipped, tarred, old = zip_of(inside), tar_of(inside), tar_of(inside, tarfile.GNU_FORMAT)
    evil = b"evil = True\n"

    def named(text: str) -> bytes:
        return zip_with(inside, text, evil)

    def tar_with(*extra: tarfile.TarInfo) -> bytes:
        return tar_of(inside, extra=extra)

    unsafe = "artifact-unsafe"
    large = "artifact-too-large"
    damaged = "artifact-damaged"
    return {
        "duplicate.zip": (named("my_plugin/plugin.py"), unsafe, "`my_plugin/plugin.py`"),
        "duplicate-dot.zip": (named("my_plugin/./plugin.py"), unsafe, "two entries have this name"),
        "duplicate.tar": (tar_with(member("my_plugin/plugin.py", tarfile.REGTYPE)), unsafe, "two entries"),
        "case.zip": (named("my_plugin/PLUGIN.py"), unsafe, "`my_plugin/PLUGIN.py`"),
        "case-folder.zip": (named("My_Plugin/x.py"), unsafe, "upper and lower case"),
        "file-and-folder.zip": (named("my_plugin/plugin.py/x.py"), unsafe, "both a file and a folder"),
        "absolute.zip": (named("/etc/evil.py"), unsafe, "`/etc/evil.py`"),
        "drive.zip": (named("C:/evil.py"), unsafe, "absolute"),
        "parent.zip": (named("my_plugin/../../evil.py"), unsafe, "`..`"),
        "backslash.zip": (named("my_plugin\\evil.py"), unsafe, "backslash"),
        "control.zip": (named("../\x1b[2J.py"), unsafe, r"\u{1b}"),
        "no-name.zip": (named(""), unsafe, "no name"),
        "long-name.zip": (named("my_plugin/" + "x" * 300 + ".py"), unsafe, "longer"),
        "deep.zip": (named("d/" * 250 + "x.py"), large, "nested"),
        "many-folders.zip": (
            zip_of(inside | {f"{number}/{'d/' * 190}x": b"" for number in range(400)}),
            large,
            "entries",
        ),
        "symlink.zip": (
            zip_with(inside, "my_plugin/link.py", b"/etc/passwd", with_mode(stat.S_IFLNK | 0o777)),
            unsafe,
            "`my_plugin/link.py`",
        ),
        "fifo.zip": (zip_with(inside, "my_plugin/fifo.py", b"", with_mode(stat.S_IFIFO | 0o666)), unsafe, "FIFO"),
        "encrypted.zip": (set_flag(zipped, name, 1), unsafe, "encrypted"),
        "strong.zip": (set_flag(zipped, name, 1 << 6), unsafe, "encrypted"),
        "bzip2.zip": (zip_of(inside, zipfile.ZIP_BZIP2), unsafe, "method 12"),
        "method.zip": (set_method(zipped, name, 99), unsafe, "method 99"),
        "local-name.zip": (rename_local(zipped, name, b"my_plugin/evil!!.py"), unsafe, "its name"),
        "local-size.zip": (
            patched(zipped, struct.unpack_from("<I", zipped, central(zipped, name) + 42)[0] + 22, b"\1\0\0\0"),
            unsafe,
            "size or checksum",
        ),
        "overlap.zip": (overlapping(zipped, b"my_plugin/plugin.yaml", name), unsafe, "overlaps"),
        "gap.zip": (b"#!/bin/sh\n" + zipped, "artifact-unknown-kind", "is no ZIP archive"),
        "trailing.zip": (zipped + b"more", damaged, "follows its directory"),
        "cut.zip": (zipped[:-30], damaged, "directory"),
        "checksum.zip": (
            patched(zip_of(inside, zipfile.ZIP_STORED), 40 + len("my_plugin/README.md"), b"X"),
            damaged,
            "checksum",
        ),
        "bomb.zip": (zip_with(inside, "my_plugin/bomb.bin", b"\0" * (32 << 20)), large, "`my_plugin/bomb.bin`"),
        "not-utf8.zip": (
            zip_with(inside, "my_plugin/caf\u00e9.py", evil).replace("caf\u00e9".encode(), b"caf\xe9\xe9"),
            unsafe,
            "UTF-8",
        ),
        "symlink.tar": (tar_with(member("my_plugin/link.py", tarfile.SYMTYPE, "plugin.py")), unsafe, "symlink"),
        "hardlink.tar": (
            tar_with(member("my_plugin/link.py", tarfile.LNKTYPE, "my_plugin/plugin.py")),
            unsafe,
            "hard link",
        ),
        "device.tar": (tar_with(member("my_plugin/null", tarfile.CHRTYPE)), unsafe, "device"),
        "fifo.tar": (tar_with(member("my_plugin/fifo.py", tarfile.FIFOTYPE)), unsafe, "FIFO"),
        "slash.tar": (tar_with(member("my_plugin/x.py/", tarfile.REGTYPE)), unsafe, "both a file and a folder"),
        "sparse.tar": (tar_with(member("my_plugin/hole", tarfile.GNUTYPE_SPARSE)), unsafe, "sparse"),
        "unknown.tar": (tar_with(member("my_plugin/odd", b"Z")), unsafe, "`Z`"),
        "absolute.tar": (tar_with(member("/etc/evil.py", tarfile.REGTYPE)), unsafe, "absolute"),
        "parent.tar": (tar_with(member("my_plugin/../../evil.py", tarfile.REGTYPE)), unsafe, "`..`"),
        "trailing.tar": (tarred + b"x" * 512, damaged, "follows its end"),
        "checksum.tar": (patched(tarred, 2, b"!"), "artifact-unknown-kind", "is no tar archive"),
        "cut.tar": (tarred[:1000], damaged, "cut off"),
        "global.tar": (
            pax_header({"path": "my_plugin/evil.py"}, tarfile.XGLTYPE) + tarred,
            damaged,
            "global header",
        ),
        "pax-size.tar": (pax_header({"size": "4"}, tarfile.XHDTYPE) + old, unsafe, "its size"),
        "pax-name.tar": (pax_header({"path": "../evil.py"}, tarfile.XHDTYPE) + old, unsafe, "`../evil.py`"),
        "bomb.tar.gz": (gzip.compress(b"\0" * (64 << 20)), large, "times its size"),
        "garbage.tar.gz": (gzip.compress(tarred) + b"garbage", damaged, "damaged"),
        "cut.tar.gz": (gzip.compress(tarred)[:-20], damaged, "damaged"),
        "zip-named.tar.gz": (zipped, "artifact-unknown-kind", "is no compressed tar"),
        "plain.tar.bz2": (tarred, "artifact-unknown-kind", "ends in none of"),
        "empty.zip": (zip_of({}), "plugin-not-found", "no plugin"),
        "empty.tar": (b"\0" * 1024, "plugin-not-found", "no plugin"),
        "nothing.whl": (b"", "artifact-unknown-kind", "is no wheel"),
        "nested.zip": (zip_of({"inner.tar.gz": gzip.compress(tarred)}), "plugin-not-found", "no plugin"),
        "two.zip": (zip_of(inside | {"other/plugin.yaml": b"id: ab"}), "several-plugins", "`my_plugin`, `other`"),
    }


def mutated(files: Files, count: int) -> Iterator[tuple[str, bytes]]:
    """Changes a few bytes of sound archives, those of headers more often than others."""
    numbers = random.Random(20241115)
    inside = {f"my_plugin/{name}": content for name, content in files.items()}
    originals = {"zip": [zip_of(inside), streamed_zip_of(inside)], "tar": [tar_of(inside), tar_of(inside, tarfile.GNU_FORMAT)]}
    telling = b"\0\1\2\x08 /.059xLg\x7f\x80\xff"
    for number in range(count):
        ending = numbers.choice(("zip", "tar"))
        content = bytearray(numbers.choice(originals[ending]))
        starts = [at for at in range(len(content)) if content[at : at + 2] == b"PK"] if ending == "zip" else range(0, len(content), 512)
        for _ in range(numbers.randint(1, 3)):
            at = min(numbers.choice(starts) + numbers.randrange(60 if ending == "zip" else 300), len(content) - 1)
            content[at] = numbers.choice(telling)
        if ending == "tar":
            # A header whose checksum is wrong ends the matter too soon.
            for at in range(0, len(content), 512):
                block = content[at : at + 512]
                if block[257:262] == b"ustar":
                    block[148:156] = b" " * 8
                    content[at + 148 : at + 156] = b"%06o\0 " % sum(block)
        yield f"m{number}.{ending}", bytes(content)


def unpack(path: Path, to: Path) -> str | None:
    """Unpacks as Python does; returns why it does not."""
    to.mkdir()
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                archive.extractall(to)
        else:
            with tarfile.open(path) as archive:
                archive.extractall(to, filter="data")
    except Exception as error:  # Whatever a damaged archive makes it raise.
        return repr(error)
    return None


def main() -> None:
    plugin, out = Path(sys.argv[1]), Path(sys.argv[2])
    files = files_of(plugin)
    out.mkdir()
    if len(sys.argv) > 3:
        for name, content in mutated(files, int(sys.argv[3])):
            (out / name).write_bytes(content)
            failure = unpack(out / name, out / f"{name}.unpacked")
            print(json.dumps({"file": name, "unpacked": str(out / f"{name}.unpacked"), "failure": failure}))
        return
    for name, content in sound(files).items():
        path = out / name
        path.write_bytes(content)
        unpacked = out / f"{name}.unpacked"
        if zipfile.is_zipfile(path):
            zipfile.ZipFile(path).extractall(unpacked)
        else:
            with tarfile.open(path) as archive:
                archive.extractall(unpacked)
        folder = next(unpacked.rglob("plugin.yaml")).parent
        print(json.dumps({"file": name, "unpacked": str(folder), "folder": folder.relative_to(unpacked).as_posix()}))
    for name, (content, code, words) in hostile(files).items():
        (out / name).write_bytes(content)
        print(json.dumps({"file": name, "code": code, "words": words}))


if __name__ == "__main__":
    main()
