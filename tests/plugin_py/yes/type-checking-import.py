from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


class Plugin:
    def run(self, c: "httpx.Client"): ...
