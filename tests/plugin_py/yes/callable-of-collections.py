from collections.abc import Awaitable, Callable


class Plugin:
    def on(self, f: Callable[[dict], Awaitable[None]]) -> None: ...
