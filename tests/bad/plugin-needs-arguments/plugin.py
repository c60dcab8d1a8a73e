"""Cannot be made without arguments, as AiSOC's own template cannot."""


class Plugin:
    """Wants a configuration."""

    def __init__(self, config: dict[str, str]) -> None:
        self.config = config
