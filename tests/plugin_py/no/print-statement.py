print "hello"
class Plugin:
    pass
