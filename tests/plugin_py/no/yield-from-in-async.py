class Plugin:
    async def run(self):
        yield from x
