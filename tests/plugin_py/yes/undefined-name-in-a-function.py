class Plugin:
    def run(self): return missing
