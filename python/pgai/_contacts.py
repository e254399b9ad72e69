"""The client, as people use it.

`on_event` and `prefetch` do not exist yet: they come with the event engine.
"""

from ._arguments import refuse_unknown, suggesting
from ._errors import UsageError
from ._pgai import Client

# Limits can be changed on a client that shares the connections of another; the rest of
# the options needs a client of its own.
# A limit that is at its default is not passed on: a page of a walk has more patience by
# default than a call, which the core knows.
_LIMITS = {
    "timeout": 30.0,
    "connect_timeout": 10.0,
    "deadline": 120.0,
    "max_attempts": 4,
    "max_wait": 120.0,
}
_OTHERS = (
    *("api_key", "base_url", "pace", "proxy", "ca", "user_agent"),
    "allow_cleartext",
)

# Told apart from None, which means "without end".
_SAME = ...


class Contacts:
    """A client of the PG:AI Contacts API.

    One client may be used by many threads at once, and goes on working in a forked child.

    Parameters
    ----------
    api_key : str or callable, optional
        The key; a callable is asked before each call, so that keys can be rotated. By
        default ``$PGAI_API_KEY``.
    base_url : str, optional
        By default ``$PGAI_BASE_URL``, else the service's own address. https, or http to
        this machine.
    timeout, connect_timeout : float or None
        Seconds for one attempt, and for its connection; None: without end.
    deadline : float or None
        Seconds for a call with all its attempts and waits; while it is 120, each page of
        a walk has 600.
    max_attempts : int
        How often a request is sent at most; while it is 4, each page of a walk has 8. A
        create is sent again only if it is certain that the service did not act on it.
    max_wait : float or None
        Seconds of the longest single wait for the rate limit; a call that would have to
        wait longer raises `RateLimitError` at once.
    pace : bool
        Wait before a request rather than exceed the rate limit.
    proxy : str, optional
        URL of a proxy; ``""``: none; by default from the environment.
    ca : str or path, optional
        Trust these certificates: a file, a directory of hashed names, or PEM text.
    user_agent : str, optional
        By default ``pgai/VERSION``.
    allow_cleartext : bool
        Allow an http base URL of another machine, to which the key travels unencrypted.

    Raises
    ------
    UsageError
        There is no key, or an option is not acceptable.

    Examples
    --------
    >>> with Contacts() as contacts:
    ...     page = contacts.list(limit=2)
    >>> len(page)
    2
    """

    __slots__ = ("__weakref__", "_asked", "_key", "_native", "_options")

    @suggesting
    def __init__(
        self,
        api_key=None,
        *,
        base_url=None,
        timeout=30.0,
        connect_timeout=10.0,
        deadline=120.0,
        max_attempts=4,
        max_wait=120.0,
        pace=True,
        proxy=None,
        ca=None,
        user_agent=None,
        allow_cleartext=False,
    ):
        self._start(
            {
                "api_key": api_key,
                "base_url": base_url,
                "timeout": timeout,
                "connect_timeout": connect_timeout,
                "deadline": deadline,
                "max_attempts": max_attempts,
                "max_wait": max_wait,
                "pace": pace,
                "proxy": proxy,
                "ca": _path_text(ca),
                "user_agent": user_agent,
                "allow_cleartext": allow_cleartext,
            }
        )

    def _start(self, options):
        key = options["api_key"]
        self._options = options
        self._asked = key if callable(key) else None
        self._key = None
        if self._asked:
            self._native = self._renewed(key)
        elif key is None:
            self._native = self._open(None, "the environment variable PGAI_API_KEY")
        else:
            self._native = self._open(key, "the argument api_key")

    def _open(self, key, source):
        options = self._options
        # Not items(): in Python 3.11 that crashes when there is no memory for it.
        given = {
            name: options[name]
            for name in options
            if name not in _LIMITS or options[name] != _LIMITS[name]
        }
        return Client(**{**given, "api_key": key}, key_source=source)

    def _renewed(self, asked):
        """Return the native client of the key that the user's function gives now."""
        key = asked()
        if not isinstance(key, str):
            raise TypeError(f"api_key() must return str, not {type(key).__name__}")
        if key != self._key:
            self._native = self._open(key, "the function given as api_key")
            self._key = key
            # Another thread may have closed the client before it had this one.
            if self._asked is None:
                self._native.close()
        return self._native

    def _client(self, timeout=_SAME, deadline=_SAME):
        """Return the native client for one call, with the limits that it was given."""
        asked = self._asked
        native = self._renewed(asked) if asked else self._native
        if timeout is not ...:
            native = native.limited(timeout=timeout)
        if deadline is not ...:
            native = native.limited(deadline=deadline)
        return native

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def __repr__(self):
        return f"<pgai.Contacts base_url={self._options['base_url']!r}>"

    @suggesting
    def list(
        self, page=None, limit=None, *, per_page=None, timeout=_SAME, deadline=_SAME
    ):
        """List one page of contacts.

        Parameters
        ----------
        page : int, optional
            From 1, which is also the default.
        limit : int, optional
            Contacts a page, from 1; `per_page` is another name for it. The service may
            give fewer: see `Page.limit`.
        timeout, deadline : float or None
            Seconds for this call, instead of those of the client.

        Returns
        -------
        Page

        Raises
        ------
        Error
            See the table of exceptions. `UsageError`: nothing was sent.
        """
        limit = _one_limit(limit, per_page)
        return self._client(timeout, deadline).list(page, limit)

    @suggesting
    def get(self, id, *, timeout=_SAME, deadline=_SAME):
        """Fetch one contact.

        Raises
        ------
        NotFoundError
            There is none of that id.
        Error
            As in `list`.
        """
        return self._client(timeout, deadline).get(id)

    @suggesting
    def create(
        self,
        *,
        first_name=None,
        last_name=None,
        email=None,
        job_title=None,
        company=None,
        linkedin_url=None,
        location=None,
        phone=None,
        extra=None,
        timeout=_SAME,
        deadline=_SAME,
    ):
        """Create one contact, and return it as the service did.

        Parameters
        ----------
        first_name, ... : str, optional
            None: not sent. The service decides which fields are required.
        extra : dict, optional
            More fields, sent as JSON; none of those above.

        Raises
        ------
        OutcomeUnknownError
            The contact may or may not have been created: look before trying again.
        Error
            As in `list`; the contact was not created.
        """
        fields = {
            "first_name": first_name,
            "last_name": last_name,
            "email": email,
            "job_title": job_title,
            "company": company,
            "linkedin_url": linkedin_url,
            "location": location,
            "phone": phone,
            "extra": _extra_text(extra),
        }
        return self._client(timeout, deadline).create(fields)

    @suggesting
    def pages(self, *, start=None, limit=None, per_page=None, cursor=None, deadline=None):
        """Walk over all pages.

        Parameters
        ----------
        start : int, optional
            Number of the first page, from 1.
        limit : int, optional
            Contacts a page, by default 50, the most that the service gives; `per_page` is
            another name for it.
        cursor : str, optional
            Where an earlier walk stood, from its `cursor` or that of the exception which
            ended it; then `start` stays away.
        deadline : float, optional
            Seconds for the whole walk, from its first request; None: without end.

        Returns
        -------
        PageIterator
            Nothing is sent before its first page is asked for.
        """
        limit = _one_limit(limit, per_page)
        return self._client().pages(start, limit, cursor, deadline)

    @suggesting
    def each(self, *, start=None, limit=None, per_page=None, cursor=None, deadline=None):
        """Walk over all contacts. The parameters are those of `pages`.

        Returns
        -------
        ContactIterator
        """
        limit = _one_limit(limit, per_page)
        return self._client().each(start, limit, cursor, deadline)

    def __iter__(self):
        return self.each()

    def with_options(self, **changes):
        """Return a client like this one with other options, those of the constructor.

        If only timeouts, the deadline, `max_attempts` or `max_wait` change, that is
        cheap: the two share their connections, and are closed together.
        """
        refuse_unknown("with_options", changes, (*_OTHERS, *_LIMITS))
        other = Contacts.__new__(type(self))
        options = {**self._options, **changes}
        if any(name in changes for name in _OTHERS):
            other._start(options)
        else:
            other._native = self._client().limited(**changes)
            other._options, other._asked, other._key = options, self._asked, self._key
        return other

    @property
    def rate_limit(self):
        """The rate limit, as last told: a `RateLimit`, or None."""
        return self._native.rate_limit()

    def close(self):
        """End all calls, in any thread; later ones raise `ClosedError`."""
        self._asked = None
        self._native.close()


def _path_text(path):
    fspath = getattr(path, "__fspath__", None)
    return fspath() if fspath else path


def _one_limit(limit, per_page):
    if per_page is None:
        return limit
    if limit is not None:
        raise UsageError("limit and per_page are two names for one thing: give one")
    return per_page


def _extra_text(extra):
    if extra is None:
        return None
    if not isinstance(extra, dict):
        raise TypeError(f"extra must be dict, not {type(extra).__name__}")
    from ._support import write_json

    return write_json(extra)
