class Plugin:
    def run(self, a): return [x := 1 for x in a]
