class Enricher:
    pass


def create_plugin():
    return Enricher()
