import httpx


class Plugin:
    limit = 3
    def __init__(self, client: httpx.Client): ...
