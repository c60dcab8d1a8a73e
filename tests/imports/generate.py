"""Random modules.

Of `modules`: one choice for each part, so that every pair of choices meets sooner or later."""

import random
import re
from collections.abc import Iterator

HEADERS = ["", '"""A plugin."""\n', "from __future__ import annotations\n", '"""A plugin."""\nfrom __future__ import annotations\n',
           "# -*- coding: utf-8 -*-\n", "#!/usr/bin/env python3\n", "x = 1\nfrom __future__ import annotations\n", "__version__ = '1'\n"]
IMPORTS = ["", "import logging\n", "import os, re\n", "from typing import Any, Optional, ClassVar\n", "from dataclasses import dataclass, field\n",
           "from enum import Enum, IntEnum, StrEnum\n", "from abc import ABC, abstractmethod\n", "import asyncio\nimport collections.abc\n",
           "from typing import override\n", "import no_such_package\n", "from . import helper\n", "from collections import defaultdict, deque\n",
           "import typing as t\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import no_such_package\n", "import json as j, urllib.parse\n",
           "from os import path\n", "from datetime import UTC, timedelta\n"]
CONSTANTS = ["", "LIMIT = 60 * 60\n", "log = logging.getLogger(__name__)\n", "NAMES = ('a', 'b')\n", "TABLE: dict[str, Any] = {'a': 1, ('b', 2): [3]}\n",
             "IP = re.compile(r'^\\d+\\.\\d+$')\n", "BAD = re.compile('(')\n", "KEY = os.environ['NO_SUCH_KEY_HERE']\n", "KEY = os.environ.get('KEY', 'x')\n",
             "SET = {[1], 2}\n", "A, B = 1, 2\n", "A = B = 'x'\n", "RATIO = 1 / 0\n", "TEXT = f'{LIMIT}'\n", "X: Optional[str] = None\n", "Y: Optional = 1\n",
             "Alias = int | None\n", "Alias = None | 'Later'\n", "Alias = Optional[list[int]] | None\n", "WAIT = timedelta(seconds=5)\n", "assert True\n",
             "total = sum([1, 2])\n", "def Plugin(): return 1\n", "Plugin = None\n", "Items = defaultdict(list)\nLast = deque(maxlen=5)\n",
             "words = frozenset(['a', 'b'])\n", "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n", "if 1:\n    FLAG = True\n",
             "T = t.TypeVar('T')\n", "BASE = path.join('a', 'b')\n", "Z: ClassVar[Optional[ClassVar[int]]] = 1\n"]
HELPERS = ["", "def helper(a, b=1, *c, d=2, **e) -> None:\n    return a\n", "def helper(value: Missing):\n    pass\n",
           "class Base:\n    limit = 3\n    def __init__(self, name='x'):\n        self.name = name\n",
           "class Base(ABC):\n    @abstractmethod\n    def run(self): ...\n", "class Base(ABC):\n    @abstractmethod\n    def other(self): ...\n",
           "class Base:\n    def __init__(self, config):\n        self.config = config\n", "@dataclass\nclass Finding:\n    name: str\n    tags: list[str] = field(default_factory=list)\n",
           "@dataclass\nclass Finding:\n    name: str = 'x'\n    size: int\n", "@dataclass(frozen=True)\nclass Finding:\n    tags: list = []\n",
           "class Level(Enum):\n    LOW = 'low'\n    HIGH = 'high'\n", "class Level(str, Enum):\n    LOW = 'low'\n    LOW = 'again'\n", "class Level(IntEnum):\n    A = 1\n    B = 'x'\n",
           "class Level(StrEnum):\n    A = 'x'\n    def text(self): return self.value\n", "class Oops(Exception):\n    def __init__(self):\n        super().__init__()\n        self.code = 1\n",
           "class Base:\n    __slots__ = ('a',)\n", "class Base:\n    def __init_subclass__(cls):\n        raise TypeError('no')\n", "class Base:\n    @property\n    def client(self): return 1\n",
           "class Base:\n    def __setattr__(self, name, value):\n        raise TypeError('no')\n", "async def helper():\n    async with a as b:\n        return [x async for x in b]\n",
           "def helper(x):\n    match x:\n        case {'a': a, **rest}: return a\n        case [1, *others] | others: return 2\n        case _: pass\n", "@no_such_decorator\ndef helper(): pass\n",
           "def helper():\n    global COUNT\n    COUNT = 1\n", "def helper(a):\n    print(a)\n    global a\n", "class Base(metaclass=type):\n    pass\n", "def helper():\n    return f\"{a['b']!r:>{c}} {d.e(1)[2:3]}\"\n",
           "def helper():\n    return f\"{a[\"b\"]}\"\n", "type Pair = tuple[int, int]\n", "def helper[T](a: T) -> T:\n    return a\n", "class Base:\n    def __new__(cls):\n        return 3\n",
           "class Record(t.NamedTuple):\n    a: int\n    b: 'Later'\n", "class Record(t.TypedDict):\n    a: int\n", "@dataclass\nclass Base:\n    a: int = 1\n", "@dataclass\nclass Base:\n    a: int\n"]
BASES = ["", "", "", "()", "(object)", "(Base)", "(Base)", "(ABC)", "(Base, object)", "(Missing)", "(Exception)", "(dict)", "(Base, metaclass=type)", "(t.Protocol)", "(logging.Handler)"]
BODIES = ["    pass\n", '    """Does."""\n', "    name = 'x'\n    tags: list[str] = ['a']\n", "    client = 1\n", "    log = logging.getLogger('x')\n", "    x: Missing = 1\n", "    x: 'Missing' = 1\n",
          "    y = missing\n", "    limit: ClassVar[int] = 3\n", "    if True:\n        z = 1\n", "    a = b = 1\n    c = a\n", "    class Inner:\n        pass\n    inner = Inner\n", "    level = Level.LOW\n", "    __private = 1\n"]
INITS = ["", "", "    def __init__(self): pass\n", "    def __init__(self, config): pass\n", "    def __init__(self, config=None, *, key='a'):\n        self.config = config or {}\n",
         "    def __init__(self, *args, **kwargs):\n        super().__init__()\n", "    def __init__(self, *, key):\n        self.key = key\n", "    def __init__(self) -> None:\n        super().__init__()\n        self.log = log\n",
         "    def __init__(self):\n        self.x = missing\n", "    def __init__(self):\n        self.client = None\n        self.cache: dict[str, Missing] = {}\n", "    async def __init__(self): pass\n",
         "    def __init__(self):\n        yield 1\n", "    def __init__(self):\n        return 1\n", "    def __init__(self):\n        self.level = Level.LOW\n        self.limit = LIMIT\n", "    def __init__(self, config={}):\n        self.url = config['url']\n",
         "    def __init__(self):\n        self.finding = Finding()\n", "    def __init__(self):\n        self.lock = asyncio.Lock()\n        self.queue = asyncio.Queue()\n", "    def __init__(self):\n        self.base = Base()\n",
         "    def __init__(self):\n        self.other = self.name\n", "    def __init__(self):\n        raise NotImplementedError\n", "    def __init__(): pass\n", "    @staticmethod\n    def __init__(): pass\n", "    def __init__(self, a, /, b=2): pass\n",
         "    def __init__(self):\n        self.a = 1\n        self.b = self.a\n        self.c = self.a + 2\n", "    def __init__(self):\n        if True:\n            self.a = 1\n", "    def __new__(cls):\n        return object.__new__(cls)\n", "    __init__ = None\n",
         "    def __init__(self):\n        self.me = Plugin()\n", "    def __init__(self):\n        self.oops = Oops()\n        self.items = Items\n"]
METHODS = ["", "    def run(self): return 1\n", "    async def run(self, payload: dict, context: dict) -> dict:\n        return {**payload}\n", "    def run(self, other: Plugin): pass\n", "    def run(self, other: 'Plugin' = None): pass\n",
           "    @property\n    def client(self): return 1\n    @client.setter\n    def client(self, value): pass\n", "    @property\n    def cache(self): return 1\n", "    @abstractmethod\n    def extra(self): ...\n", "    @staticmethod\n    def run(x: t.Any = None): return [y for y in x if (z := y)]\n",
           "    def run(self, level: Level = Level.HIGH): pass\n", "    def run(self):\n        yield from self\n", "    async def run(self):\n        yield from self\n", "    def run(self):\n        await self\n", "    def run(self, a, a): pass\n", "    def run(self):\n        break\n",
           "    def run(self):\n        try: pass\n        except* ValueError: pass\n", "    def run(self):\n        try: pass\n        except ValueError, TypeError: pass\n", "    def __setattr__(self, name, value): raise TypeError\n", "    def __getattr__(self, name): raise AttributeError\n",
           "    def run(self, items: list[Finding] | None = None) -> dict[str, Any]: pass\n", "    def run(self, a: Optional['not valid!'] = None): pass\n", "    def run(self, f: collections.abc.Callable[[int], str] = None): pass\n", "    def run(self, f: t.Callable[..., t.List[int, int]] = None): pass\n"]
TRAILERS = ["", "", "", "", "PLUGINS = [Plugin]\n", "plugin = Plugin()\n", "if __name__ == '__main__':\n    Plugin().boom()\n", "del Plugin\n", "Plugin = Plugin\n", "__all__ = ['Plugin']\n", "raise SystemExit\n", "Other = Plugin | None\n", "class Plugin:\n    def __init__(self, later): pass\n",
            "print('ready')\n", "globals()['Plugin'] = int\n", "return\n"]


def modules(seed: int, count: int) -> Iterator[str]:
    """Yields modules; half of them mostly plain, so that both answers occur."""
    chance = random.Random(seed)
    for number in range(count):
        calm = (0.95, 0.85, 0.6)[number % 3]

        def pick(choices: list[str], calm: float = calm) -> str:
            return choices[0] if chance.random() < calm else chance.choice(choices)

        some = chance.sample(IMPORTS, chance.randrange(5))
        all_that_work = [line for line in IMPORTS if "no_such" not in line.partition("\n")[0] and "override" not in line and "from ." not in line]
        yield (
            pick(HEADERS) + "".join(all_that_work if number % 8 else some) + pick(CONSTANTS) + pick(CONSTANTS, 0.5) + pick(HELPERS, 0.5)
            + pick(HELPERS) + ("class Plugin" if number % 25 else "class Plugins") + pick(BASES, 0.7) + ":\n" + pick(BODIES, 0.5)
            + pick(BODIES) + pick(INITS, 0.4) + pick(METHODS, 0.5) + pick(METHODS) + pick(TRAILERS)
        )


TOKENS = [
    "class", "def", "return", "yield", "await", "async", "lambda", "if", "else", "for", "in", "not", "is", "None", "import", "from", "as", "with", "try:",
    "except", "except*", "finally:", "raise", "global", "nonlocal", "del", "pass", "match", "case", "type", "lazy", "_", "print", "*", "**", "(", ")", "[", "]",
    "{", "}", ":", ",", ";", ".", "=", "==", ":=", "->", "@", "!", "?", "$", "~", "...", "\\", "\n", "    ", "\t", "\r", "'", '"', "\'\'\'", "f'", 'f"', "rb'", "t'",
    "0", "007", "1_0", "1__0", "0x", "1e5", "1j", "1.", ".5", "1if", "#", "\u00e9", "\u00a0", "\u2026", "\u03c0", "\u00b2", "__debug__", "__init__", "self", "{x}", "{{", "!r}", "\x0c",
]


def mutations(seed: int, count: int, texts: list[str]) -> Iterator[str]:
    """Yields given texts with one to three tokens lost, doubled, swapped or replaced."""
    chance = random.Random(seed)
    for _ in range(count):
        parts = re.findall(r"\w+|[^\w\s]|\n[ \t]*|\s", chance.choice(texts))
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            if len(parts) < 3:
                break
            at = chance.randrange(len(parts) - 1)
            kind = chance.randrange(5)
            if kind == 0:
                del parts[at]
            elif kind == 1:
                parts.insert(at, parts[at])
            elif kind == 2:
                parts[at], parts[at + 1] = parts[at + 1], parts[at]
            else:
                parts[at : at + kind - 3] = [chance.choice(TOKENS)]
        yield "".join(parts)
