from __future__ import annotations


class Plugin:
    x: Missing
    def run(self, a: Missing[int]) -> "Later": ...
