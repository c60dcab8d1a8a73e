import os
KEY = os.environ.get("ACME_KEY", "")
URL = os.getenv("ACME_URL")
class Plugin:
    pass
