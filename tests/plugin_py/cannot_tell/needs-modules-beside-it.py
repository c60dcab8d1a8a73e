from vt.cache import TimedCache


class Plugin:
    pass
