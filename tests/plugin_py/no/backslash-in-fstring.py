class Plugin:
    def run(self, a): return f"{'\n'.join(a)}"
