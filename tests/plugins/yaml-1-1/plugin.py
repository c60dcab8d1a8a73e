"""Does nothing: the manifest is the point of this sample."""


class Plugin:
    """Enriches with nothing."""

    def enrich(self, value: str) -> dict[str, str]:
        """Returns the value."""
        return {"value": value}
