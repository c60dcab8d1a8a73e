# class Plugin: pass
