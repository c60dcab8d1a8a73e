from __future__ import braces
class Plugin:
    pass
