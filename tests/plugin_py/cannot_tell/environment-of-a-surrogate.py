import os
X = os.getenv("\ud800")
class Plugin:
    pass
