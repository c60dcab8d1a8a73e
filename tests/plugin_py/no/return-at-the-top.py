class Plugin:
    pass
return
