import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike
from types import EllipsisType
from typing import (
    Any,
    ClassVar,
    Literal,
    Self,
    SupportsIndex,
    TypeAlias,
    TypedDict,
    Unpack,
    final,
    overload,
)

from _typeshed import structseq
from typing_extensions import disjoint_base

__version__: str

def _before_exit() -> None: ...

@final
class Contact:
    __match_args__: ClassVar[tuple[str, ...]]
    def __new__(
        cls,
        *,
        id: Any = ...,
        first_name: Any = ...,
        last_name: Any = ...,
        email: Any = ...,
        job_title: Any = ...,
        company: Any = ...,
        linkedin_url: Any = ...,
        location: Any = ...,
        phone: Any = ...,
        created_at: Any = ...,
        updated_at: Any = ...,
        extra: dict[str, Any] | None = ...,
    ) -> Contact: ...
    @property
    def id(self) -> str | Any | None: ...
    @property
    def first_name(self) -> str | Any | None: ...
    @property
    def last_name(self) -> str | Any | None: ...
    @property
    def email(self) -> str | Any | None: ...
    @property
    def job_title(self) -> str | Any | None: ...
    @property
    def company(self) -> str | Any | None: ...
    @property
    def linkedin_url(self) -> str | Any | None: ...
    @property
    def location(self) -> str | Any | None: ...
    @property
    def phone(self) -> str | Any | None: ...
    @property
    def created_at(self) -> str | Any | None: ...
    @property
    def updated_at(self) -> str | Any | None: ...
    @property
    def created(self) -> datetime.datetime | None: ...
    @property
    def updated(self) -> datetime.datetime | None: ...
    @property
    def extra(self) -> dict[str, Any]: ...
    @property
    def raw(self) -> str: ...
    def has(self, name: str, /) -> bool: ...
    def to_dict(self) -> dict[str, Any]: ...
    def __copy__(self) -> Contact: ...
    def __deepcopy__(self, memo: Any, /) -> Contact: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Page(Sequence[Contact]):
    def __new__(
        cls,
        contacts: Iterable[Contact] = ...,
        page: int | None = None,
        limit: int | None = None,
        total: int | None = None,
    ) -> Page: ...
    @property
    def page(self) -> int | None: ...
    @property
    def limit(self) -> int | None: ...
    @property
    def total(self) -> int | None: ...
    @property
    def response(self) -> Response | None: ...
    @property
    def requests(self) -> int: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Contact: ...
    @overload
    def __getitem__(self, index: slice, /) -> tuple[Contact, ...]: ...
    def __iter__(self) -> Iterator[Contact]: ...
    def __contains__(self, contact: object, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def index(self, value: object, start: int = 0, stop: int = ..., /) -> int: ...
    def count(self, value: object, /) -> int: ...
    def to_ndjson(self) -> bytes: ...
    def to_csv(
        self,
        columns: Iterable[str] | None = None,
        *,
        header: bool = True,
        escape_formulas: bool = False,
    ) -> bytes: ...
    def _repr_html_(self) -> str: ...

@final
class PageIterator(Iterator[Page]):
    @property
    def cursor(self) -> str: ...
    @property
    def stats(self) -> WalkStats: ...
    def __length_hint__(self) -> int: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> Page: ...

@final
class ContactIterator(Iterator[Contact]):
    @property
    def cursor(self) -> str: ...
    @property
    def stats(self) -> WalkStats: ...
    def __length_hint__(self) -> int: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> Contact: ...

@final
class GetManyIterator(Iterator[Contact | None]):
    @property
    def stats(self) -> WalkStats: ...
    def __length_hint__(self) -> int: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> Contact | None: ...

@final
class RateLimit(
    structseq[int | float | None],
    tuple[int | None, int | None, float | None, float],
):
    __match_args__: ClassVar[tuple[str, ...]]
    @property
    def limit(self) -> int | None: ...
    @property
    def remaining(self) -> int | None: ...
    @property
    def reset(self) -> float | None: ...
    @property
    def wait(self) -> float: ...

@final
class Response(
    structseq[Any],
    tuple[int, dict[str, str], Any, str | None],
):
    __match_args__: ClassVar[tuple[str, ...]]
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def json(self) -> Any: ...
    @property
    def text(self) -> str | None: ...

@final
class Event(
    structseq[Any],
    tuple[
        str,
        int,
        str,
        str | None,
        str,
        str,
        int,
        int | None,
        type[BaseException] | None,
        int | None,
        float | None,
        str | None,
        float | None,
        int | None,
        int | None,
        float | None,
        int | None,
        int | None,
        int | None,
        str | None,
    ],
):
    __match_args__: ClassVar[tuple[str, ...]]
    @property
    def kind(self) -> Literal["request", "response", "retry", "wait", "page"]: ...
    @property
    def call(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def route(self) -> str | None: ...
    @property
    def base_url(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def status(self) -> int | None: ...
    @property
    def error(self) -> type[BaseException] | None: ...
    @property
    def bytes(self) -> int | None: ...
    @property
    def elapsed(self) -> float | None: ...
    @property
    def cause(self) -> Literal["pacing", "limited", "backoff"] | None: ...
    @property
    def wait(self) -> float | None: ...
    @property
    def limit(self) -> int | None: ...
    @property
    def remaining(self) -> int | None: ...
    @property
    def reset(self) -> float | None: ...
    @property
    def page(self) -> int | None: ...
    @property
    def contacts(self) -> int | None: ...
    @property
    def total(self) -> int | None: ...
    @property
    def request_id(self) -> str | None: ...

@final
class WalkStats(
    structseq[int | float | bool | str | None],
    tuple[
        int,
        int,
        int,
        int,
        float,
        float,
        float,
        int,
        int,
        int,
        float,
        float | None,
        int | None,
        bool | None,
        str | None,
    ],
):
    __match_args__: ClassVar[tuple[str, ...]]
    @property
    def pages(self) -> int: ...
    @property
    def contacts(self) -> int: ...
    @property
    def requests(self) -> int: ...
    @property
    def retries(self) -> int: ...
    @property
    def waited_pacing(self) -> float: ...
    @property
    def waited_limited(self) -> float: ...
    @property
    def waited_backoff(self) -> float: ...
    @property
    def duplicates(self) -> int: ...
    @property
    def drift(self) -> int: ...
    @property
    def gone(self) -> int: ...
    @property
    def elapsed(self) -> float: ...
    @property
    def time_left(self) -> float | None: ...
    @property
    def total(self) -> int | None: ...
    @property
    def complete(self) -> bool | None: ...
    @property
    def incomplete_reason(self) -> str | None: ...

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
    on_event: Callable[[Event], object] | None

@disjoint_base
class ContactsBase:
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
        on_event: Callable[[Event], object] | None = None,
    ) -> None: ...
    def with_options(self, **changes: Unpack[_Options]) -> Self: ...
    @property
    def rate_limit(self) -> RateLimit | None: ...
    @property
    def _shared(self) -> dict[str, Any]: ...
    def _close(self) -> None: ...
    def _client(
        self,
        timeout: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
        /,
    ) -> Client: ...

# The class has a method `list`.
_Parts: TypeAlias = list[dict[str, Any]]

@final
class Client:
    def list(self, page: int | None, limit: int | None, /) -> Page: ...
    def get(self, id: str, /) -> Contact: ...
    def create(self, fields: dict[str, str | None], /) -> Contact: ...
    def request(
        self, method: str, path: str, query: object, json: object, /
    ) -> Response: ...
    def plan(self, parts: int, limit: int | None, /) -> _Parts: ...
    def pages(
        self,
        start: int | None,
        count: int | None,
        limit: int | None,
        prefetch: int | None,
        details: bool,
        strict: bool,
        cursor: str | None,
        deadline: float | None,
        /,
    ) -> PageIterator: ...
    def each(
        self,
        start: int | None,
        count: int | None,
        limit: int | None,
        prefetch: int | None,
        details: bool,
        strict: bool,
        cursor: str | None,
        deadline: float | None,
        /,
    ) -> ContactIterator: ...
    def get_many(
        self,
        ids: Iterable[str],
        prefetch: int | None,
        deadline: float | None,
        /,
    ) -> GetManyIterator: ...
    def list_call(self, page: int | None, limit: int | None, /) -> Call: ...
    def get_call(self, id: str, /) -> Call: ...
    def create_call(self, fields: dict[str, str | None], /) -> Call: ...
    def request_call(
        self, method: str, path: str, query: object, json: object, /
    ) -> Call: ...
    def plan_call(self, parts: int, limit: int | None, /) -> Call: ...
    def pages_steps(
        self,
        start: int | None,
        count: int | None,
        limit: int | None,
        prefetch: int | None,
        details: bool,
        strict: bool,
        cursor: str | None,
        deadline: float | None,
        /,
    ) -> Steps: ...
    def each_steps(
        self,
        start: int | None,
        count: int | None,
        limit: int | None,
        prefetch: int | None,
        details: bool,
        strict: bool,
        cursor: str | None,
        deadline: float | None,
        /,
    ) -> Steps: ...
    def get_many_steps(
        self,
        ids: Iterable[str],
        prefetch: int | None,
        deadline: float | None,
        /,
    ) -> Steps: ...
    def engine(self) -> Engine: ...

@final
class Call:
    def result(self) -> Any: ...
    def lose(self) -> None: ...

@final
class Steps:
    @property
    def cursor(self) -> str: ...
    @property
    def stats(self) -> WalkStats: ...
    @property
    def ready(self) -> bool: ...
    def next(self) -> Any: ...
    def start(self, engine: Engine, /) -> list[Call]: ...

@final
class Engine:
    def start(self, call: Call, /) -> None: ...
    def work(self) -> list[Call]: ...
    def cancel(self, call: Call, /) -> None: ...
    def wake(self) -> None: ...
    def fileno(self) -> int: ...
