import sys
X = 1 if sys.platform == "linux" else missing
class Plugin:
    pass
