from typing import Optional
X = Optional[1]
class Plugin:
    pass
