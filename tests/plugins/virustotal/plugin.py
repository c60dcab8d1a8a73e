"""Adds VirusTotal's verdict on an indicator to an AiSOC alert."""

from typing import Any

from vt.cache import TimedCache
from vt.client import Client


class Plugin:
    """Enriches addresses, domains and file hashes."""

    kinds = ("ip", "domain", "hash")

    def __init__(self) -> None:
        self._client: Client | None = None
        self._cache: TimedCache[dict[str, Any]] = TimedCache(900.0)
        self._malicious_from = 3

    def configure(self, config: dict[str, Any]) -> None:
        """Takes the operator's configuration."""
        self._client = Client(config["api_key"])
        self._malicious_from = int(config.get("malicious_from", 3))
        self._cache = TimedCache(float(config.get("cache_seconds", 900.0)))

    def enrich(self, kind: str, value: str) -> dict[str, Any]:
        """Returns what VirusTotal says of an indicator, asking again only when the answer is old."""
        if self._client is None:
            raise RuntimeError("configure the plugin before it enriches")
        if kind not in self.kinds:
            return {}
        known = self._cache.get((kind, value))
        if known is None:
            known = self._judge(self._client.stats(kind, value))
            self._cache.put((kind, value), known)
        return known

    def _judge(self, stats: dict[str, int]) -> dict[str, Any]:
        malicious = stats.get("malicious", 0)
        return {
            "verdict": "malicious" if malicious >= self._malicious_from else "unknown",
            "engines": sum(stats.values()),
            "malicious": malicious,
        }
