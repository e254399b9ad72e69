"""The client for event loops."""

from ._calls import Calls
from ._errors import UsageError
from ._loops import Flight, attend


class AsyncContacts(Calls):
    """A client of the PG:AI Contacts API for asyncio, uvloop and trio.

    It has the options, calls, errors and walks of `Contacts`. Calls are awaited, any
    number at once, and walks are iterated over with ``async for``. At most 64 requests
    are sent at once; other calls wait for that.

    Notes
    -----
    A client can be made anywhere. It works in one event loop at a time, and in another
    one afterwards. It needs no thread. trio must be 0.23 or newer.

    If a task is cancelled, its call ends, and nothing else. If what it asked for, such
    as a create, may have been done, the exception has `OutcomeUnknownError` as its
    ``__cause__``. A walk whose task was cancelled is over; its `cursor` stays valid.

    Examples
    --------
    >>> import asyncio
    >>> async def main():
    ...     async with AsyncContacts() as contacts:
    ...         page = await contacts.list(limit=2)
    ...         return await asyncio.gather(*(contacts.get(one.id) for one in page))
    >>> len(asyncio.run(main()))
    2
    """

    __slots__ = ("__weakref__",)

    def _client(self, *times):  # pyright: ignore[reportIncompatibleMethodOverride]
        return _Sender(super()._client(*times), self._shared)

    async def aclose(self):
        """End all calls; later ones raise `ClosedError`.

        This also ends walks, and clients that share connections with this one. It may be
        awaited more than once.
        """
        self._close()
        loop = self._shared.pop("loop", None)
        if loop is not None:
            loop.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc_info):
        await self.aclose()

    def __aiter__(self):
        return self.each()

    def __repr__(self):
        return super().__repr__().replace("Contacts", "AsyncContacts", 1)


class _Sender:
    """What the calls of a key go to: each method returns something to await."""

    __slots__ = ("_client", "_shared")

    def __init__(self, client, shared):
        self._client = client
        self._shared = shared

    def list(self, page, limit):
        return self._run(self._client.list_call(page, limit))

    def get(self, id):
        return self._run(self._client.get_call(id))

    def create(self, fields):
        return self._run(self._client.create_call(fields))

    def request(self, method, path, query, json):
        return self._run(self._client.request_call(method, path, query, json))

    def plan(self, parts, limit):
        return self._run(self._client.plan_call(parts, limit))

    def pages(self, *options):
        return AsyncPageIterator(self, self._client.pages_steps(*options))

    def each(self, *options):
        return AsyncContactIterator(self, self._client.each_steps(*options))

    def get_many(self, *arguments):
        return AsyncGetManyIterator(self, self._client.get_many_steps(*arguments))

    def loop(self):
        return attend(self._client, self._shared)

    async def _run(self, call):
        return await self.loop().run(call)


class _Walk:
    """What the iterators have: one task at a time goes on with a walk."""

    __slots__ = ("_busy", "_flight", "_sender", "_steps")

    def __init__(self, sender, steps):
        self._sender = sender
        self._steps = steps
        self._flight = None
        self._busy = False

    @property
    def stats(self):
        """What the walk did so far, a WalkStats."""
        return self._steps.stats

    def __aiter__(self):
        return self

    async def __anext__(self):
        steps = self._steps
        if steps.ready and not self._busy:
            return steps.next()
        return await self._go_on(steps.next)

    def batches(self):
        """Return an iterator over what the walk has not returned yet, as `RecordBatch`.

        A batch has about 8,192 contacts, and less at the end and before a failure; of
        `pages()`, each page is one. The cursor and the statistics of the walk stand
        behind the last batch, also after a failure, and after a task was cancelled. Ids
        that the service does not have have no row.

        Examples
        --------
        >>> import asyncio
        >>> async def main():
        ...     async with AsyncContacts() as contacts:
        ...         return [len(batch) async for batch in contacts.each().batches()]
        >>> asyncio.run(main())
        [1000]
        """
        return AsyncBatchIterator(self)

    async def _go_on(self, take):
        if self._busy:
            raise ValueError("another task is using this iterator")
        self._busy = True
        try:
            # What follows a page is asked for when more is wanted, and not before.
            steps = self._steps
            flight = self._fly()
            while (item := take()) is steps:
                flight.start(steps)
                await flight.wait()
            return item
        finally:
            self._busy = False

    def _fly(self):
        """Start what the walk asks for."""
        loop = self._sender.loop()
        flight = self._flight
        if flight is None or flight.loop is not loop:
            self._stop()
            flight = self._flight = Flight(loop)
        flight.start(self._steps)
        return flight

    def _stop(self):
        if self._flight is not None:
            self._flight.cancel()

    async def aclose(self):
        """End the walk: what is in flight ends, and nothing more is sent."""
        self._stop()

    def __del__(self):
        try:
            self._stop()
        except UsageError:
            return  # Another thread works with the engine: they end by themselves.


class _PageWalk(_Walk):
    __slots__ = ()

    @property
    def cursor(self):
        """Where to go on after what was returned, as text."""
        return self._steps.cursor


class AsyncBatchIterator:
    """An iterator over the batches of a walk, made by its `batches()`."""

    __slots__ = ("_walk",)

    def __init__(self, walk):
        self._walk = walk

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self._walk._go_on(self._walk._steps.batch)


class AsyncPageIterator(_PageWalk):
    """An iterator over all pages, made by `AsyncContacts.pages()`."""

    __slots__ = ()


class AsyncContactIterator(_PageWalk):
    """An iterator over all contacts, made by `AsyncContacts.each()`."""

    __slots__ = ()


class AsyncGetManyIterator(_Walk):
    """An iterator over contacts of given ids, made by `AsyncContacts.get_many()`."""

    __slots__ = ()
