import os
KEY = os.environ["ACME_KEY"]
class Plugin:
    pass
