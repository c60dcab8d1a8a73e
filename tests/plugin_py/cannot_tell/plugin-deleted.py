class Plugin:
    pass
del Plugin
