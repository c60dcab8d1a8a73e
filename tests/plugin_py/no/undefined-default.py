def run(x=missing): ...


class Plugin:
    pass
