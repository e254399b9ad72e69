"""The exceptions. The extension gets the class of each status from here, by its name."""

from builtins import MemoryError as MemoryError  # one of the classes taken by name
from builtins import TimeoutError as BuiltinTimeoutError


class Error(Exception):
    """Base of all exceptions of this package.

    Attributes
    ----------
    message : str
        What was wrong, what is right, and the next step.
    status : int or None
        HTTP status of the last response; None: there was none.
    code : str or None
        The service's own code.
    details : object
        The service's details, decoded; None: none.
    request_id : str or None
        The service's support asks for it.
    retry_after : float or None
        Wait so many seconds before you try again; None: not known.
    response : Response or None
        The response that the call failed with, without its body; None: none came.
    requests : int
        Requests sent for this call.
    outcome_unknown : bool
        Whether what was asked may have been carried out.
    cursor : str or None
        For a walk over all pages: where to continue.
    """

    def __init__(
        self,
        message="",
        *,
        status=None,
        code=None,
        details=None,
        request_id=None,
        retry_after=None,
        response=None,
        requests=0,
        outcome_unknown=False,
        cursor=None,
    ):
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.details = details
        self.request_id = request_id
        self.retry_after = retry_after
        self.response = response
        self.requests = requests
        self.outcome_unknown = outcome_unknown
        self.cursor = cursor

    def __str__(self):
        text = self.message
        if self.status is not None and f"status {self.status}" not in text:
            text = f"{text} (HTTP status {self.status})"
        source = getattr(self, "key_source", None)
        if source:
            text = f"{text} (the key came from {source}: is it the right one?)"
        if self.request_id:
            text = f"{text} (request {self.request_id})"
        return text


class APIError(Error):
    """The service refused the request."""


class BadRequestError(APIError):
    """The service could not read the request (400)."""


class AuthenticationError(APIError):
    """The API key is missing or not valid (401). `key_source` says where it came from."""

    def __init__(self, message="", *, key_source=None, **attributes):
        super().__init__(message, **attributes)
        self.key_source = key_source


class InsufficientCreditsError(APIError):
    """The account has no credits left (402)."""


class PermissionDeniedError(APIError):
    """The API key lacks a permission (403). `permission` names it, if it is known."""

    def __init__(self, message="", *, permission=None, **attributes):
        super().__init__(message, **attributes)
        self.permission = permission


class NotFoundError(APIError, LookupError):
    """There is no such contact (404)."""


class ConflictError(APIError):
    """The contact is in conflict with one that exists (409)."""


class UnprocessableEntityError(APIError):
    """The service does not accept a field (422)."""


class RateLimitError(APIError):
    """The rate limit is exceeded, and the wait for it is too long (429)."""


class ServerError(APIError):
    """The service failed (5xx)."""


class TransportError(Error):
    """No whole response came."""


class ConnectError(TransportError, ConnectionError):
    """No connection could be made; nothing was sent."""


class TLSError(TransportError):
    """No secure connection could be made: the certificate is not valid, for example."""


class ConnectionLostError(TransportError, ConnectionError):
    """The connection ended before the response was complete."""


class TimeoutError(TransportError, BuiltinTimeoutError):
    """The service did not answer in time."""


class DecodeError(Error):
    """The response was not what the service documents."""


class IncompleteError(Error):
    """A strict walk could not prove that no contact is missing. What it gave is right."""


class OutcomeUnknownError(Error):
    """What was asked may or may not have been carried out: check before you retry."""


class CancelledError(Error):
    """The call was cancelled, such as by `Contacts.close()` in another thread."""


class ClosedError(Error):
    """The client is closed."""


class UsageError(Error, ValueError):
    """An argument is not acceptable. Nothing was sent."""


# They are shown, and pickled, under their public name.
for _class in [value for value in globals().values() if isinstance(value, type)]:
    if issubclass(_class, Error):
        _class.__module__ = "pgai"
