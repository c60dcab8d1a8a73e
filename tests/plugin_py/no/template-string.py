class Plugin:
    def run(self, a): return t"{a}"
