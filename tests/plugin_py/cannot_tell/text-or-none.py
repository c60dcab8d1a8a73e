class Plugin:
    x: "Later" | None = None
