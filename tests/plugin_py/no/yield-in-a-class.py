class Plugin:
    x = yield
