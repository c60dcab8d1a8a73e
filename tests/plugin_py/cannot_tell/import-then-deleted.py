import os
del os
x = os
class Plugin:
    pass
