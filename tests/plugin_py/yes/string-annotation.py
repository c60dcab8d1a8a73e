class Plugin:
    x: "not valid at all!" = 1
