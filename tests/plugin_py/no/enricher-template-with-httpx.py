from __future__ import annotations
import httpx
from aisoc_plugin_sdk import Indicator


class Plugin:
    def __init__(self, config: dict) -> None:
        self.client = httpx.AsyncClient(timeout=config["timeout"])

    async def enrich(self, indicator: Indicator) -> dict: ...
