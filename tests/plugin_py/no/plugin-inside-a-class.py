class Outer:
    class Plugin:
        pass
