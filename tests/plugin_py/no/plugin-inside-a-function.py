def make():
    class Plugin:
        pass
    return Plugin
