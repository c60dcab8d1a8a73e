class Plugin[T]:
    pass
