class Plugin:
    def run(self):
        break
