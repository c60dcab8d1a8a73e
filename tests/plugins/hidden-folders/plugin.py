"""Reads indicators from a feed."""


class Plugin:
    """Splits a feed into indicators."""

    def read(self, feed: str) -> list[str]:
        """Returns the feed's indicators, without comments."""
        lines = (line.strip() for line in feed.splitlines())
        return [line for line in lines if line and not line.startswith("#")]
