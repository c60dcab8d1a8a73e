HOST = "acme"
URL = f"https://{HOST}/v{2}"
class Plugin:
    pass
