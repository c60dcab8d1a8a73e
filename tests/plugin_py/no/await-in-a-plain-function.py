class Plugin:
    def run(self):
        await x
