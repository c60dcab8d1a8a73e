class Plugin:
    def run(self):
        try: ...
        except* ValueError: return
