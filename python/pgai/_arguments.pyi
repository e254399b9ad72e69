from collections.abc import Callable, Iterable
from typing import TypeVar

_F = TypeVar("_F", bound=Callable[..., object])

def refuse_unknown(function: str, given: Iterable[str], names: Iterable[str]) -> None: ...
def suggesting(function: _F) -> _F: ...
