from aisoc_plugin_sdk import EnricherPlugin


class Plugin(EnricherPlugin):
    def __init__(self, config): pass
