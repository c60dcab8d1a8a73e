# before
class Plugin:
    pass
# after