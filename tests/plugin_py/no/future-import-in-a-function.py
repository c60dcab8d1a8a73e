def f():
    from __future__ import annotations
class Plugin:
    pass
