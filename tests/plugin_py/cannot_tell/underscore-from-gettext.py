x = _("hello")
class Plugin:
    pass
