import httpx
from . import helper
class Plugin:
    pass
