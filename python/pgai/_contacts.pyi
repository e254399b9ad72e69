from collections.abc import Callable
from os import PathLike
from types import EllipsisType, TracebackType
from typing import Any, Self, TypedDict, Unpack

from ._pgai import Contact, ContactIterator, Page, PageIterator, RateLimit

class _Options(TypedDict, total=False):
    api_key: str | Callable[[], str] | None
    base_url: str | None
    timeout: float | None
    connect_timeout: float | None
    deadline: float | None
    max_attempts: int
    max_wait: float | None
    pace: bool
    proxy: str | None
    ca: str | PathLike[str] | None
    user_agent: str | None
    allow_cleartext: bool

class Contacts:
    def __init__(
        self,
        api_key: str | Callable[[], str] | None = None,
        *,
        base_url: str | None = None,
        timeout: float | None = 30.0,
        connect_timeout: float | None = 10.0,
        deadline: float | None = 120.0,
        max_attempts: int = 4,
        max_wait: float | None = 120.0,
        pace: bool = True,
        proxy: str | None = None,
        ca: str | PathLike[str] | None = None,
        user_agent: str | None = None,
        allow_cleartext: bool = False,
    ) -> None: ...
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
    def pages(
        self,
        *,
        start: int | None = None,
        limit: int | None = None,
        per_page: int | None = None,
        cursor: str | None = None,
        deadline: float | None = None,
    ) -> PageIterator: ...
    def each(
        self,
        *,
        start: int | None = None,
        limit: int | None = None,
        per_page: int | None = None,
        cursor: str | None = None,
        deadline: float | None = None,
    ) -> ContactIterator: ...
    def __iter__(self) -> ContactIterator: ...
    def with_options(self, **changes: Unpack[_Options]) -> Self: ...
    @property
    def rate_limit(self) -> RateLimit | None: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        *exc_info: type[BaseException] | BaseException | TracebackType | None,
    ) -> None: ...
