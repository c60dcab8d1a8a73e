def __getattr__(name):
    return int
