import re
IP = re.compile(r"^\d+\.\d+$")
WORD = re.compile("a+b?|c*")
class Plugin:
    pass
