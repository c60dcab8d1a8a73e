# -*- coding: utf-8 -*-
class Plugin:
    pass
