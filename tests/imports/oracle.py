"""Imports modules as AiSOC's loader does, each in a process of its own, and says whether `Plugin()` succeeded.

    python -I -S -B tests/imports/oracle.py FOLDER          the files of tests/plugin_py
    python -I -S -B tests/imports/oracle.py --random SEED COUNT
    python -I -S -B tests/imports/oracle.py --mutate SEED COUNT FOLDER

Writes one JSON object a line: `name`, `source` (base64), `imports`, `error`. Only for texts of our own: they are run.
"""

import base64
import contextlib
import importlib
import importlib.util
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


def load(path: Path) -> None:
    """Does what the loader does after the signature; raises what it would raise."""
    spec = importlib.util.spec_from_file_location("aisoc_plugin_sample", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["aisoc_plugin_sample"] = module
    spec.loader.exec_module(module)
    plugin = getattr(module, "Plugin", None)
    if plugin is None:
        raise LookupError("plugin.py must define a class named 'Plugin'")
    plugin()


def verdict(source: bytes) -> str:
    """Returns the error that a process of its own meets, or nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        error = "died"
        try:
            signal.alarm(20)
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
            quiet = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(quiet, stream)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "plugin.py")
                path.write_bytes(source)
                load(path)
            error = ""
        except BaseException as raised:  # noqa: BLE001 - whatever it is, the plugin does not load
            error = f"{type(raised).__name__}: {raised}"
        finally:
            os.write(writing, error.encode("utf-8", "backslashreplace")[:4000])
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return said.decode() if status == 0 else f"status {status}"


def readable(folder: Path) -> list[str]:
    """Returns the texts of a folder that are UTF-8 and short."""
    texts = []
    for path in sorted(folder.rglob("*.py")):
        with contextlib.suppress(UnicodeDecodeError):
            text = path.read_bytes().decode()
            if len(text) < 2000:
                texts.append(text)
    return texts


def sources() -> Iterator[tuple[str, bytes]]:
    """Yields names and texts."""
    if sys.argv[1].startswith("--"):
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        from generate import modules, mutations

        seed, count = int(sys.argv[2]), int(sys.argv[3])
        texts = modules(seed, count) if sys.argv[1] == "--random" else mutations(seed, count, readable(Path(sys.argv[4])))
        for number, text in enumerate(texts):
            yield f"{sys.argv[1]}-{number}", text.encode()
        return
    for path in sorted(Path(sys.argv[1]).rglob("*.py")):
        yield path.relative_to(sys.argv[1]).as_posix(), path.read_bytes()


def main() -> None:
    """Judges every text."""
    if sys.version_info[:2] != (3, 11):
        sys.exit("AiSOC's loader runs on Python 3.11; so must this")
    for name in ("asyncio", "dataclasses", "enum", "logging", "typing", "urllib.parse"):
        importlib.import_module(name)  # once here instead of in every process
    for name, source in sources():
        error = verdict(source)
        text = base64.b64encode(source).decode()
        print(json.dumps({"name": name, "source": text, "imports": not error, "error": error}), flush=True)


main()
