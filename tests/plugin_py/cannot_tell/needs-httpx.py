import httpx


class Plugin:
    pass
