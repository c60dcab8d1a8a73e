class Plugin:
    def run(self):
        import httpx
        return httpx
