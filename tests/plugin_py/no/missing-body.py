class Plugin:
