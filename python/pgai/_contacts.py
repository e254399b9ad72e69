"""The client that blocks."""

from ._calls import Calls


class Contacts(Calls):
    """A client of the PG:AI Contacts API.

    Many threads may use one client at once, and it still works in a forked child.

    Parameters
    ----------
    api_key : str or callable, optional
        The key. A callable is called before each call, so that keys can be renewed;
        calls and walks that have begun keep their key. If an object hides the key, such
        as ``pydantic.SecretStr``, pass its method ``get_secret_value``. By default
        ``$PGAI_API_KEY``. No message, repr or frame shows the key.
    base_url : str, optional
        By default ``$PGAI_BASE_URL``, else the service's own address. https, or http to
        a loopback address.
    timeout, connect_timeout : float or None
        Seconds for one attempt, and for its connection; None: no end.
    deadline : float or None
        Seconds for a call with all its attempts and waits; None: no end. The default is
        120, or 600 for each page of a walk.
    max_attempts : int
        Maximum of attempts of a call. The default is 4, or 8 for each page of a walk; 1:
        exactly one request. A create is sent again only if the service certainly did
        not act on it.
    max_wait : float or None
        The longest single wait for the rate limit, in seconds; None: no maximum. A call
        that must wait longer raises `RateLimitError` at once.
    pace : bool or "shared"
        Whether to wait for the rate limit before a request. ``"shared"``: together with
        all processes of this user on this host that say so, and have the same key,
        address and share. They meet in a file in ``$XDG_RUNTIME_DIR/pgai``, else in
        ``$XDG_STATE_HOME/pgai``, else in ``~/.local/state/pgai``.
    share : float
        The part of the rate limit to use, above 0 and at most 1, such as ``1 / 8`` in
        each of eight workers with one key. A part is used evenly, not in bursts, and
        about one request a minute less than ``share`` x limit. Clients of one process
        with the same key, address and share use that share together.
    proxy : str, optional
        URL of a proxy; ``""``: none; by default from the environment.
    ca : str or os.PathLike, optional
        Trusted certificates: a file, a directory of hashed names, or PEM text, instead
        of the system's, or of certifi's where the system has none. A relative path
        starts at the current working directory.
    user_agent : str, optional
        By default ``pgai/VERSION``.
    allow_cleartext : bool
        Allow an http base URL of another machine; the key is then sent unencrypted.
    on_event : callable, optional
        Called with an `Event` for each request, response, retry, wait and page, in the
        thread of the call. It may use the client. What it raises goes to
        `sys.unraisablehook`, and the call goes on; only KeyboardInterrupt and its like
        end the call. The logger ``pgai`` tells the same: DEBUG for requests, INFO for
        waits of a second or more, WARNING for retries.

    Raises
    ------
    UsageError
        There is no key, or an option is not acceptable.
    TypeError
        An option is not known, or of the wrong type.

    Notes
    -----
    The environment is read once, when the client is made. A derived class passes options
    that it does not know to ``super().__init__()``.

    Examples
    --------
    >>> with Contacts() as contacts:
    ...     page = contacts.list(limit=2)
    >>> len(page)
    2
    """

    __slots__ = ("__weakref__",)

    def close(self):
        """End all calls, in any thread; later ones raise `ClosedError`.

        This also ends walks, and clients that share connections with this one.
        """
        self._close()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def __iter__(self):
        return self.each()

    def __arrow_c_schema__(self):
        """Return what the columns of `each()` are."""
        return self.each().__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema=None):
        """Return all contacts as a stream of Arrow that fetches them, like `each()`."""
        return self.each().__arrow_c_stream__(requested_schema)

    def __aenter__(self):
        raise TypeError("pgai.Contacts blocks: use pgai.AsyncContacts with 'async with'")

    def __aexit__(self, *exc_info):
        raise TypeError("pgai.Contacts blocks: use pgai.AsyncContacts with 'async with'")
