class plugin:
    pass
