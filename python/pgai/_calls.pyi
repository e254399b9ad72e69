from collections.abc import Iterable, Mapping, Sequence
from types import EllipsisType
from typing import Any, Generic, TypeAlias, TypeVar

from ._pgai import ContactsBase

_Scalar: TypeAlias = str | int | float | bool
_QueryValue: TypeAlias = _Scalar | Sequence[_Scalar]

# What the calls of a client return: the thing itself, or what is awaited for it.
_PageT = TypeVar("_PageT")
_ContactT = TypeVar("_ContactT")
_ResponseT = TypeVar("_ResponseT")
_PlanT = TypeVar("_PlanT")
_PagesT = TypeVar("_PagesT")
_EachT = TypeVar("_EachT")
_ManyT = TypeVar("_ManyT")

class Calls(
    ContactsBase,
    Generic[_PageT, _ContactT, _ResponseT, _PlanT, _PagesT, _EachT, _ManyT],
):
    def list(
        self,
        page: int | None = None,
        limit: int | None = None,
        *,
        per_page: int | None = None,
        timeout: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
    ) -> _PageT: ...
    def get(
        self,
        id: str,
        *,
        timeout: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
    ) -> _ContactT: ...
    def get_many(
        self,
        ids: Iterable[str],
        *,
        prefetch: int | None = None,
        deadline: float | None = None,
    ) -> _ManyT: ...
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
    ) -> _ContactT: ...
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
    ) -> _ResponseT: ...
    def plan(
        self,
        parts: int,
        *,
        limit: int | None = None,
        per_page: int | None = None,
        timeout: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
    ) -> _PlanT: ...
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
    ) -> _PagesT: ...
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
    ) -> _EachT: ...
