lazy import json
class Plugin:
    pass
