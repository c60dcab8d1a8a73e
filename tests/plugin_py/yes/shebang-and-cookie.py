#!/usr/bin/env python3
# vim: set fileencoding=utf8 :
class Plugin:
    pass
