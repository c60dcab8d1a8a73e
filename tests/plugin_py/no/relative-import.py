from . import helper


class Plugin:
    pass
