import asyncio, threading


class Plugin:
    def __init__(self):
        self.a = threading.Lock()
        self.b = asyncio.Lock()
        self.c = asyncio.Queue()
