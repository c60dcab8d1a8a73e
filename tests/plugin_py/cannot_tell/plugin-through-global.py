def define():
    global Plugin
    class Plugin: ...


define()
