"""
class Plugin:
    pass
"""
