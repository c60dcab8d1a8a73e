class Plugin:
    def __init__(self, config): ...


plugin = Plugin({})
