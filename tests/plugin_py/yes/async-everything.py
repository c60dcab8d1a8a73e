class Plugin:
    async def run(self):
        async with a as b:
            async for c in b:
                await c
                yield c
