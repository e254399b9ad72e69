from types import TracebackType
from typing import Any, NoReturn, Self

from ._calls import Calls
from ._pgai import (
    Contact,
    ContactIterator,
    GetManyIterator,
    Page,
    PageIterator,
    Response,
)

class Contacts(
    Calls[
        Page,
        Contact,
        Response,
        list[dict[str, Any]],
        PageIterator,
        ContactIterator,
        GetManyIterator,
    ]
):
    def close(self) -> None: ...
    def __iter__(self) -> ContactIterator: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        *exc_info: type[BaseException] | BaseException | TracebackType | None,
    ) -> None: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __aenter__(self) -> NoReturn: ...
    def __aexit__(self, *exc_info: object) -> NoReturn: ...
