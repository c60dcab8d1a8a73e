class Plugin:
    def run(self, a): return f"{f'{a}'}"
