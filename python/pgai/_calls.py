"""The calls of both clients: what they take, and what is right in it."""

from ._arguments import suggesting
from ._errors import UsageError
from ._pgai import ContactsBase

# "Not given", which differs from None: that means "no end".
_SAME = ...


class Calls(ContactsBase):
    """The calls of a client, which are made on what `_client()` returns.

    `Contacts` returns what a call came to, and `AsyncContacts` something to await.
    """

    __slots__ = ()

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
            return fewer: see `Page.limit`.
        timeout, deadline : float or None
            Seconds for this call, instead of those of the client.

        Returns
        -------
        Page

        Raises
        ------
        Error
            See the table of exceptions. `UsageError`: nothing was sent.
        TypeError
            An argument is not known, or of a wrong type. Nothing was sent.
        """
        limit = _one_limit(limit, per_page)
        return self._client(timeout, deadline).list(page, limit)

    @suggesting
    def get(self, id, *, timeout=_SAME, deadline=_SAME):
        """Fetch one contact.

        Raises
        ------
        NotFoundError
            There is no contact with that id.
        Error, TypeError
            As in `list`.
        """
        return self._client(timeout, deadline).get(id)

    @suggesting
    def get_many(self, ids, *, prefetch=None, deadline=None):
        """Fetch contacts by their ids, several at once.

        Parameters
        ----------
        ids : iterable of str
            Read to its end and checked before anything is sent. An id may come more than
            once.
        prefetch : int, optional
            Requests in flight at once, from 1 to 32, by default 4. The first contact is
            asked for alone.
        deadline : float, optional
            Seconds for all of them, from the first request; None: no end.

        Returns
        -------
        GetManyIterator
            In the order of the ids: each contact, or None if the service does not have
            it. Nothing is sent before the first is asked for. Any other failure ends the
            walk; `stats.contacts` and `stats.gone` tell how many ids came before.

        Examples
        --------
        >>> ids = [contact.id for contact in page] + ["nobody"]
        >>> with Contacts() as contacts:
        ...     found = dict(zip(ids, contacts.get_many(ids)))
        >>> found["nobody"] is None
        True
        """
        return self._client().get_many(ids, prefetch, deadline)

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
            None, and missing values of data frames (NaN, NaT, ``pandas.NA``), are not
            sent. The service decides which fields are required.
        extra : dict, optional
            More fields, sent as JSON, with None as null. It must not have a field above.

        Raises
        ------
        OutcomeUnknownError
            The contact may or may not have been created: check whether it exists before
            you retry.
        Error, TypeError
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
            "extra": extra,
        }
        return self._client(timeout, deadline).create(fields)

    @suggesting
    def request(
        self, method, path, *, query=None, json=None, timeout=_SAME, deadline=_SAME
    ):
        """Send a request to any other endpoint of the service.

        It has the same key, retries, pacing and errors as all calls.

        Parameters
        ----------
        method : str
            GET, HEAD, POST, PUT, PATCH or DELETE. A GET and a HEAD are tried again;
            anything else is sent again only if it is certain that the service did not
            act on it.
        path : str
            Below the base URL, such as ``"/territories"``; percent-encoded, where that is
            needed.
        query : dict, or iterable of pairs, optional
            Parameters: str, numbers, truth values, or a list of those for a name that
            comes more than once. They are percent-encoded.
        json : object, optional
            The body, as JSON; None: there is none. A GET and a HEAD have none.
        timeout, deadline : float or None
            As in `list`.

        Returns
        -------
        Response
            Its status is 200 to 299.

        Raises
        ------
        OutcomeUnknownError
            The request may or may not have been carried out: check before you retry.
        Error, TypeError
            As in `list`.

        Examples
        --------
        >>> with Contacts() as contacts:
        ...     response = contacts.request("GET", "/contacts", query={"limit": 1})
        >>> response.status, len(response.json["data"])
        (200, 1)
        """
        return self._client(timeout, deadline).request(method, path, query, json)

    @suggesting
    def plan(self, parts, *, limit=None, per_page=None, timeout=_SAME, deadline=_SAME):
        """Cut all pages into ranges, for workers that walk over one each.

        One request, for the first page, tells how many pages there are.

        Parameters
        ----------
        parts : int
            Ranges at most, from 1 to 10,000. There are fewer if there are fewer pages.
        limit : int, optional
            Contacts a page, by default 50; `per_page` is another name for it. The
            service may take a smaller one, which the ranges then have.
        timeout, deadline : float or None
            As in `list`.

        Returns
        -------
        list of dict
            The arguments of `pages` or `each`: start, count and limit. Ranges follow
            each other without a gap, and differ by one page at most. The last one has
            None as its count, so that contacts added at the end are not lost. If the
            service does not tell the total, there is one range of all pages.

        Raises
        ------
        Error, TypeError
            As in `list`.

        Notes
        -----
        Contacts that are added or deleted between two walks move others over the edges
        of ranges: those may come twice, or be missing without a sign. One walk with
        ``strict=True`` over all contacts proves that none is.

        Examples
        --------
        >>> with Contacts() as contacts:
        ...     parts = contacts.plan(2, limit=1)
        ...     found = [list(contacts.each(**part)) for part in parts]
        >>> len(parts), parts[0]["start"], parts[1]["count"]
        (2, 1, None)
        """
        limit = _one_limit(limit, per_page)
        return self._client(timeout, deadline).plan(parts, limit)

    @suggesting
    def pages(
        self,
        *,
        start=None,
        count=None,
        limit=None,
        per_page=None,
        prefetch=None,
        details=False,
        strict=False,
        cursor=None,
        deadline=None,
    ):
        """Walk over all pages.

        Parameters
        ----------
        start : int, optional
            Number of the first page, from 1.
        count : int, optional
            How many pages, from 1; by default all that follow. A cursor has it already.
        limit : int, optional
            Contacts a page, by default 50, the maximum of the service; `per_page` is
            another name for it.
        prefetch : int, optional
            Requests in flight at once, from 1 to 32, by default 4. Pages come in order,
            and as many may be in memory. The first page is asked for alone.
        details : bool, optional
            Fetch each contact on its own, `prefetch` at once, as lists have fewer fields.
            It costs a request a contact. One that is gone by then is left out, and
            counted in `stats.gone`.
        strict : bool, optional
            Prove that no contact that existed throughout is missing, by pages that
            overlap, for about a fifth more requests. `stats.complete` is True then; where
            it cannot be proven, IncompleteError says why, and has the cursor. Without
            `start` and `count`; only cursors of strict walks continue it.
        cursor : str, optional
            Where an earlier walk stopped: its `cursor`, or that of the exception that
            ended it. Do not give `start` as well.
        deadline : float, optional
            Seconds for the whole walk, from its first request; None: no end.

        Returns
        -------
        PageIterator
            Nothing is sent before its first page is asked for.
        """
        limit = _one_limit(limit, per_page)
        return self._client().pages(
            start, count, limit, prefetch, details, strict, cursor, deadline
        )

    @suggesting
    def each(
        self,
        *,
        start=None,
        count=None,
        limit=None,
        per_page=None,
        prefetch=None,
        details=False,
        strict=False,
        cursor=None,
        deadline=None,
    ):
        """Walk over all contacts. The parameters are those of `pages`.

        Returns
        -------
        ContactIterator
        """
        limit = _one_limit(limit, per_page)
        return self._client().each(
            start, count, limit, prefetch, details, strict, cursor, deadline
        )


def _one_limit(limit, per_page):
    if per_page is None:
        return limit
    if limit is not None:
        raise UsageError("limit and per_page are the same option: give only one")
    return per_page
