from acme import register


@register
class Plugin:
    def __init__(self, config): ...
