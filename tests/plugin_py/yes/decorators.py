from functools import cache, cached_property, lru_cache
from contextlib import contextmanager
from typing import overload


@lru_cache(maxsize=None)
def look(x): ...


class Plugin:
    @property
    def a(self): ...
    @a.setter
    def a(self, value): ...
    @staticmethod
    def b(): ...
    @classmethod
    def c(cls): ...
    @cached_property
    def d(self): ...
    @contextmanager
    def e(self): yield
    @cache
    def f(self): ...
