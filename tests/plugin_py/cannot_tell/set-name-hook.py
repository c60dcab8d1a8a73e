class Hook:
    def __set_name__(self, owner, name):
        owner.__init__ = object.__init__


class Plugin:
    hook = Hook()
    def __init__(self, config): ...
