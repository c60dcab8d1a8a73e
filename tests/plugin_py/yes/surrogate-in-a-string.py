class Plugin:
    x = "\ud800"
