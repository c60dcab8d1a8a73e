class Plugin(object):
    pass
