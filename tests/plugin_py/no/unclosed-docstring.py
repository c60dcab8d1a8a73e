class Plugin:
    """Does.
