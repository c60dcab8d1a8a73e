Plugin = None
