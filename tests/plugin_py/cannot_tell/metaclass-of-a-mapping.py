class Meta(type): ...


X = Meta("X", (), {})


class Plugin(X): ...
