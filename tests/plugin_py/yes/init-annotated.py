class Plugin:
    def __init__(self):
        self._client: Missing | None = None
        self._cache: dict[str, Missing] = {}
        x: Missing
