class Plugin:
    def run(self):
        from . import helper
