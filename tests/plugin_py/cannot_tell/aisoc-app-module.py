from app.core.config import settings
class Plugin:
    pass
