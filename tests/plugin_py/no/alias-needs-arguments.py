class Enricher:
    def __init__(self, config): ...


Plugin = Enricher
