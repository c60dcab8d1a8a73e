try:
    import acme
except ImportError:
    acme = None
class Plugin:
    pass
