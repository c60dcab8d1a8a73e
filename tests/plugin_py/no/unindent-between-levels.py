class Plugin:
        x = 1
    y = 2
