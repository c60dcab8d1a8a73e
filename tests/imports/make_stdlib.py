"""Writes the table of Python 3.11's standard library that `plugin.py` is read with.

    python -I -S tests/imports/make_stdlib.py > crates/core/src/plugin_py/stdlib-3.11.txt

The first line holds the names of all modules. Then one line a module: its name, then its public names. A name's kind follows after a colon: `m` a module, `c` a class, `o` a
class or form that `| None` can follow, `v` anything else; then the numbers of arguments that it takes in brackets.
Of modules that mirror the machine only what every Linux has is listed.
"""

import importlib
import sys
import types
import warnings

MODULES = """
__future__ abc argparse ast asyncio base64 binascii bisect builtins calendar collections collections.abc concurrent.futures
configparser contextlib contextvars copy csv dataclasses datetime decimal difflib email.message email.mime.multipart
email.mime.text email.utils enum fnmatch fractions functools glob gzip hashlib heapq hmac html html.parser http
http.client importlib inspect io ipaddress itertools json keyword logging logging.handlers math mimetypes
numbers operator os os.path pathlib pickle platform pprint queue random re secrets shlex shutil signal socket
statistics string struct subprocess sys tempfile textwrap threading time traceback types typing unicodedata urllib.error
urllib.parse urllib.request uuid warnings weakref xml.etree.ElementTree zipfile zoneinfo
""".split()
MIRRORS_THE_MACHINE = {
    "os": "environ getcwd getenv getpid linesep listdir makedirs mkdir name path remove rename replace scandir sep stat "
    "unlink urandom walk PathLike",
    "signal": "SIGINT SIGTERM signal",
    "socket": "AF_INET SOCK_DGRAM SOCK_STREAM create_connection gaierror getaddrinfo gethostbyname gethostname "
    "inet_aton inet_ntoa socket timeout",
    "sys": "argv byteorder executable exit maxsize modules path platform stderr stdin stdout version version_info",
    "time": "gmtime localtime mktime monotonic perf_counter process_time sleep strftime strptime time time_ns",
    "threading": "Condition Event Lock RLock Semaphore Thread Timer current_thread local",
    "select": "select",
}
# Names that the first releases of 3.11 do not have, or do not offer.
NOT_IN_EVERY_RELEASE = {
    "DEFAULT_BUFFER_SIZE", "IncrementalNewlineDecoder", "text_encoding", "pickle_by_enum_name", "pickle_by_global_name",
}


def kind(value: object) -> str:
    """Returns the kind of a name, by trying."""
    if isinstance(value, types.ModuleType):
        return "m"
    letter = "c" if isinstance(value, type) else "v"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value | None
        except TypeError:
            pass
        else:
            letter = "o"
        arities = ""
        if isinstance(value, type) or type(value).__module__ == "typing":
            for count in (1, 2, 3):
                try:
                    value[int if count == 1 else (int,) * count]
                except (TypeError, KeyError):
                    continue
                arities += str(count)
    return letter + arities


def names(module: types.ModuleType) -> list[str]:
    """Returns the public names of a module that every Python 3.11 on Linux has."""
    if module.__name__ in MIRRORS_THE_MACHINE:
        return sorted(MIRRORS_THE_MACHINE[module.__name__].split())
    listed = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return sorted(name for name in set(listed) - NOT_IN_EVERY_RELEASE if hasattr(module, name) and name.isascii() and not name.startswith("_"))


def main() -> None:
    """Writes the table."""
    if sys.version_info[:2] != (3, 11):
        sys.exit("this table is about Python 3.11")
    print("*", *sorted(name for name in sys.stdlib_module_names if not name.startswith("_")))
    for name in sorted(MODULES):
        module = importlib.import_module(name)
        print(name, *(f"{each}:{kind(getattr(module, each))}" for each in names(module)))


main()
