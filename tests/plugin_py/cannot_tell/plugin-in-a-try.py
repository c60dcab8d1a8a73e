try:
    class Plugin:
        pass
except ImportError:
    pass
