class Plugin:
    pass


plugin = Plugin()
