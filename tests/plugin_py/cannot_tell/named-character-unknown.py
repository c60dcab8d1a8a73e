X = "\N{NO SUCH CHARACTER}"
class Plugin:
    pass
