class Plugin:
    a: list[dict[str, tuple[int, ...]]] = []
    b: int | None = None
    c: type["Plugin"] | str | None = None
