# -*- coding: latin-1 -*-
x = "é"
class Plugin:
    pass
