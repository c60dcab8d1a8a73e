class Plugin:
    def run(self, a): return [*x for x in a]
