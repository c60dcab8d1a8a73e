class Enricher:
    pass


Plugin = Enricher
