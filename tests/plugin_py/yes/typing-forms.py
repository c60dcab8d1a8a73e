from typing import Any, Callable, ClassVar, Dict, List, Literal, Optional, Tuple, Union

A = Optional[List[Dict[str, Any]]]
B = Union[int, str, None]
C = Callable[[int, str], None]
D = Callable[..., Any]
E = Tuple[int, ...]
F = Literal["a", 1, None]


class Plugin:
    limit: ClassVar[int] = 3
    def run(self, a: A, b: "B" = None, *c: int, d: Optional["Plugin"] = None, **e: D) -> F: ...
