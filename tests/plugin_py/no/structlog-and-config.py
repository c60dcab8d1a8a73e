import structlog
log = structlog.get_logger(__name__)


class Plugin:
    def __init__(self, config): ...
