import sys
setattr(sys.modules[__name__], "Plugin", int)
