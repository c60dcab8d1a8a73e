import tkinter
class Plugin:
    pass
