class Plugin:
    x = 1