from builtins import MemoryError as MemoryError
from builtins import TimeoutError as BuiltinTimeoutError
from typing import Any, TypedDict, Unpack

from ._pgai import Response

class _Attributes(TypedDict, total=False):
    status: int | None
    code: str | None
    details: Any
    request_id: str | None
    retry_after: float | None
    response: Response | None
    requests: int
    outcome_unknown: bool
    cursor: str | None

class Error(Exception):
    message: str
    status: int | None
    code: str | None
    details: Any
    request_id: str | None
    retry_after: float | None
    response: Response | None
    requests: int
    outcome_unknown: bool
    cursor: str | None
    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        code: str | None = None,
        details: Any = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        response: Response | None = None,
        requests: int = 0,
        outcome_unknown: bool = False,
        cursor: str | None = None,
    ) -> None: ...

class APIError(Error): ...
class BadRequestError(APIError): ...

class AuthenticationError(APIError):
    key_source: str | None
    def __init__(
        self,
        message: str = "",
        *,
        key_source: str | None = None,
        **attributes: Unpack[_Attributes],
    ) -> None: ...

class InsufficientCreditsError(APIError): ...

class PermissionDeniedError(APIError):
    permission: str | None
    def __init__(
        self,
        message: str = "",
        *,
        permission: str | None = None,
        **attributes: Unpack[_Attributes],
    ) -> None: ...

class NotFoundError(APIError, LookupError): ...
class ConflictError(APIError): ...
class UnprocessableEntityError(APIError): ...
class RateLimitError(APIError): ...
class ServerError(APIError): ...
class TransportError(Error): ...
class ConnectError(TransportError, ConnectionError): ...
class TLSError(TransportError): ...
class ConnectionLostError(TransportError, ConnectionError): ...
class TimeoutError(TransportError, BuiltinTimeoutError): ...
class DecodeError(Error): ...
class IncompleteError(Error): ...
class OutcomeUnknownError(Error): ...
class CancelledError(Error): ...
class ClosedError(Error): ...
class UsageError(Error, ValueError): ...
