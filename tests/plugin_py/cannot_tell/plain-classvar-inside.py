from typing import ClassVar, Optional
X = Optional[ClassVar[int]]
class Plugin:
    pass
