import os; import re; x = 1; y = 2
class Plugin:
    pass
