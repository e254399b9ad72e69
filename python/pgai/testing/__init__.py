"""An emulator of the service in the process of your tests.

See docs/testing.md, and docs/design/sandbox.md for all the ways in which it can fail.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import pgai
from pgai import _sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType
    from typing import Self

__all__ = ["Counts", "Log", "Request", "Sandbox"]


class Request(TypedDict):
    """A request as the sandbox got it; `key` is the kind of key, not its text."""

    id: str
    connection: int
    time: str
    method: str
    target: str
    status: int
    key: str
    fault: NotRequired[str]


class Counts(TypedDict):
    """How many there were, including those that are no longer in the log."""

    requests: int
    created: int
    connections: int


class Log(TypedDict):
    """What the sandbox did: the last 65,536 requests, and all contacts it created."""

    requests: list[Request]
    created: list[dict[str, Any]]
    counts: Counts


class Sandbox:
    """An emulator of the service on a loopback address, in a thread of this process.

    It runs until `close()`, or the end of its `with` block.

    Parameters
    ----------
    contacts : int
        How many there are at the start. The same seed gives the same contacts.
    seed : int
        Of the contacts, and of random faults.
    faults : iterable of dict, or dict
        Rules, as `fault()` takes them.
    limiter : str, optional
        "fixed", "fixed_first", "sliding", "counter" or "bucket"; by default none.
    rate_limit : int
        Requests a minute that the limiter allows.
    page_limit : int
        Contacts a page if a request has no limit.
    max_limit : int
        Most contacts a page; larger limits are clamped to it.

    Examples
    --------
    >>> with Sandbox(contacts=3) as sandbox, sandbox.client() as contacts:
    ...     len(contacts.list())
    3
    """

    __slots__ = ("_sandbox",)

    def __init__(
        self,
        contacts: int = 1000,
        seed: int = 1,
        faults: Iterable[Mapping[str, Any]] | Mapping[str, Any] = (),
        *,
        limiter: str | None = None,
        rate_limit: int = 60,
        page_limit: int = 50,
        max_limit: int = 50,
    ) -> None:
        # A project of the same name may have its own there: see the message.
        if not hasattr(pgai, "Contacts"):
            from pgai._whole import missing

            raise missing("pgai has no Contacts")
        self._sandbox = _sandbox.Sandbox(
            contacts=contacts,
            seed=seed,
            faults=_rules(faults),
            limiter=limiter,
            rate_limit=rate_limit,
            page_limit=page_limit,
            max_limit=max_limit,
        )

    @property
    def url(self) -> str:
        """The base URL, such as "http://127.0.0.1:40123/v1"."""
        return self._sandbox.url

    @property
    def api_key(self) -> str:
        """A key with all permissions."""
        return self._sandbox.key

    def client(self, **options: Any) -> pgai.Contacts:
        """Make a client of this sandbox.

        Parameters
        ----------
        **options
            What `pgai.Contacts` takes. Proxies of the environment are not used.
        """
        return pgai.Contacts(**self._options(options))

    def async_client(self, **options: Any) -> pgai.AsyncContacts:
        """Make a client for event loops; as `client()`."""
        return pgai.AsyncContacts(**self._options(options))

    def _options(self, given: dict[str, Any]) -> dict[str, Any]:
        mine = {"base_url": self.url, "api_key": self.api_key, "proxy": ""}
        return mine | given

    def fault(self, *rules: Mapping[str, Any]) -> None:
        """Add fault rules, all or none of them.

        Raises
        ------
        ValueError
            A rule is not acceptable; the message names its number and what is right.

        Examples
        --------
        >>> with Sandbox() as sandbox:
        ...     sandbox.fault({"fault": "status", "code": 503, "match": {"nth": 2}})
        """
        self._sandbox.fault(_rules(rules))

    def log(self) -> Log:
        """What the sandbox did so far."""
        log: Log = json.loads(self._sandbox.log())
        return log

    def reset(self) -> None:
        """Back to the state at the start: contacts as seeded, no faults, an empty log."""
        self._sandbox.reset()

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward, which `Date` and the limiter use."""
        self._sandbox.advance(round(seconds * 1000))

    def close(self) -> None:
        """Stop the sandbox and close its connections. Doing it again changes nothing."""
        self._sandbox.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<pgai.testing.Sandbox at {self.url}>"


def _rules(rules: Iterable[Mapping[str, Any]] | Mapping[str, Any]) -> str:
    return json.dumps(rules if isinstance(rules, dict) else list(rules))
