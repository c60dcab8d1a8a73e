import typing
if typing.TYPE_CHECKING:
    from . import x
class Plugin:
    pass
