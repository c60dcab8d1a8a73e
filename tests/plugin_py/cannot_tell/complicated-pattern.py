import re
X = re.compile("(unclosed")
class Plugin:
    pass
