class MyEnricher:
    pass
