from typing import Optional
X = Optional["not valid!"]
class Plugin:
    pass
