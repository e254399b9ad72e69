"""A client of the PG:AI Contacts API.

>>> import pgai
>>> with pgai.Contacts() as contacts:
...     for contact in contacts:
...         print(contact.first_name)
"""

import atexit

# The private name of collections.abc: the import of that package takes a millisecond, and
# Python has loaded this module when it starts.
from _collections_abc import Mapping, Sequence

try:
    from ._async import (
        AsyncBatchIterator,
        AsyncContactIterator,
        AsyncContacts,
        AsyncGetManyIterator,
        AsyncPageIterator,
    )
    from ._contacts import Contacts
except ModuleNotFoundError:
    from ._whole import missing

    raise missing() from None
from ._errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    CancelledError,
    ClosedError,
    ConflictError,
    ConnectError,
    ConnectionLostError,
    DecodeError,
    Error,
    IncompleteError,
    InsufficientCreditsError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TimeoutError,
    TLSError,
    TransportError,
    UnprocessableEntityError,
    UsageError,
)
from ._pgai import (
    Contact,
    ContactIterator,
    Event,
    GetManyIterator,
    Page,
    PageIterator,
    RateLimit,
    RecordBatch,
    Response,
    WalkStats,
    __version__,
    _before_exit,
)

for _public in (
    AsyncBatchIterator,
    AsyncContactIterator,
    AsyncContacts,
    AsyncGetManyIterator,
    AsyncPageIterator,
    Contacts,
):
    _public.__module__ = "pgai"
Mapping.register(Contact)  # pyright: ignore[reportAttributeAccessIssue]
Sequence.register(Page)  # pyright: ignore[reportAttributeAccessIssue]
atexit.register(_before_exit)
del Mapping, Sequence, _before_exit, _public, atexit

__all__ = [
    "APIError",
    "AsyncBatchIterator",
    "AsyncContactIterator",
    "AsyncContacts",
    "AsyncGetManyIterator",
    "AsyncPageIterator",
    "AuthenticationError",
    "BadRequestError",
    "CancelledError",
    "ClosedError",
    "ConflictError",
    "ConnectError",
    "ConnectionLostError",
    "Contact",
    "ContactIterator",
    "Contacts",
    "DecodeError",
    "Error",
    "Event",
    "GetManyIterator",
    "IncompleteError",
    "InsufficientCreditsError",
    "NotFoundError",
    "OutcomeUnknownError",
    "Page",
    "PageIterator",
    "PermissionDeniedError",
    "RateLimit",
    "RateLimitError",
    "RecordBatch",
    "Response",
    "ServerError",
    "TLSError",
    "TimeoutError",
    "TransportError",
    "UnprocessableEntityError",
    "UsageError",
    "WalkStats",
    "__version__",
]
