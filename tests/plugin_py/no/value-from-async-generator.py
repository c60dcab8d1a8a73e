class Plugin:
    async def run(self):
        yield 1
        return 2
