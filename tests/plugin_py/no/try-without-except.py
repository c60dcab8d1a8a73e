try:
    pass
class Plugin:
    pass
