class Plugin:
    def run(self, a): return f"{a:{a:{a}}}"
