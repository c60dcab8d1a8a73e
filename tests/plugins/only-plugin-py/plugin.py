"""Tags a case."""


class Plugin:
    """Adds one tag."""

    def run(self, tags: set[str]) -> set[str]:
        """Returns the tags with ours."""
        return tags | {"triaged"}
