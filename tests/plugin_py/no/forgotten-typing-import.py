class Plugin:
    x: Optional[str] = None
