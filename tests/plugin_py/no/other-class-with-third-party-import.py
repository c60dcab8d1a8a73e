import httpx


class Enricher(httpx.Client):
    pass
