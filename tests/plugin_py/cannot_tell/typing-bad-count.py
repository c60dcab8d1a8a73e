from typing import List
X = List[int, int]
class Plugin:
    pass
