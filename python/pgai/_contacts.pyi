from collections.abc import Iterable, Mapping, Sequence
from types import EllipsisType, TracebackType
from typing import Any, Self, TypeAlias

from ._pgai import Contact, ContactIterator, ContactsBase, Page, PageIterator, Response

_Scalar: TypeAlias = str | int | float | bool
_QueryValue: TypeAlias = _Scalar | Sequence[_Scalar]

class Contacts(ContactsBase):
    def list(
        self,
        page: int | None = None,
        limit: int | None = None,
        *,
        per_page: int | None = None,
        timeout: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
    ) -> Page: ...
    def get(
        self,
        id: str,
        *,
        timeout: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
    ) -> Contact: ...
    def create(
        self,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        email: str | None = None,
        job_title: str | None = None,
        company: str | None = None,
        linkedin_url: str | None = None,
        location: str | None = None,
        phone: str | None = None,
        extra: dict[str, Any] | None = None,
        timeout: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
    ) -> Contact: ...
    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, _QueryValue]
        | Iterable[tuple[str, _QueryValue]]
        | None = None,
        json: Any = None,
        timeout: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
    ) -> Response: ...
    def pages(
        self,
        *,
        start: int | None = None,
        count: int | None = None,
        limit: int | None = None,
        per_page: int | None = None,
        prefetch: int | None = None,
        details: bool = False,
        strict: bool = False,
        cursor: str | None = None,
        deadline: float | None = None,
    ) -> PageIterator: ...
    def each(
        self,
        *,
        start: int | None = None,
        count: int | None = None,
        limit: int | None = None,
        per_page: int | None = None,
        prefetch: int | None = None,
        details: bool = False,
        strict: bool = False,
        cursor: str | None = None,
        deadline: float | None = None,
    ) -> ContactIterator: ...
    def __iter__(self) -> ContactIterator: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        *exc_info: type[BaseException] | BaseException | TracebackType | None,
    ) -> None: ...
