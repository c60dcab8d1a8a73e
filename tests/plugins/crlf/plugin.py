"""Every line of this file ends in CR LF, and the signature covers those bytes."""


class Plugin:
    """Runs."""

    def run(self) -> None:
        """Does nothing."""
