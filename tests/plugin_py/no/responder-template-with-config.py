"""Responds."""
from typing import Any


class Plugin:
    """Blocks an address."""

    def __init__(self, config: dict[str, Any]):
        self.base_url = config["base_url"].rstrip("/")

    async def respond(self, action: str, target: str) -> dict[str, Any]:
        return {"ok": True, "target": target}
