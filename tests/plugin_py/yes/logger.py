import logging
log = logging.getLogger(__name__)
root = logging.getLogger()
class Plugin:
    pass
