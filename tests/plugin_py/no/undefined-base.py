class Plugin(Missing):
    pass
