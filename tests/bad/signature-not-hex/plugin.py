"""A sample whose manifest is the point."""


class Plugin:
    """Does nothing."""
