from .client import Client


class Plugin:
    pass
