from typing import Any, override


class Plugin:
    pass
