class AcmeError(Exception):
    """Raised."""


class Timeout(AcmeError):
    pass


class Plugin:
    pass
