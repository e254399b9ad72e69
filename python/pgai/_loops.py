"""How calls wait in an event loop: that of asyncio, or any like it, and that of trio.

Neither is imported here: a program whose loop runs has imported its own.
"""

import sys

# The private name: weakref takes longer to import.
from _weakref import ref

from ._errors import OutcomeUnknownError, UsageError


def attend(client, shared):
    """The loop that runs, with the engine that those who have `shared` use in it.

    One loop at a time can have it. Another one gets an engine of its own once no call is
    in flight in the one before, or that one is closed.

    Raises
    ------
    UsageError
        No loop runs, or another has calls in flight.
    ClosedError
        The client is closed.
    """
    kind, running = _running()
    loop = shared.get("loop")
    if loop is not None:
        if loop.is_of(running):
            return loop
        if loop.is_busy():
            raise UsageError(
                "this client has calls in flight in another event loop, or in the "
                "process that this one was forked from: make a client for each"
            )
    loop = shared["loop"] = kind(running, client.engine())
    return loop


def _running():
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_task():
        return TrioLoop, trio.lowlevel.current_trio_token()
    asyncio = sys.modules.get("asyncio")
    running = asyncio and asyncio._get_running_loop()
    if running is None:
        raise UsageError(
            "no event loop runs here: await this in asyncio or trio, or use pgai.Contacts"
        )
    return AsyncioLoop, running


class Loop:
    """Calls in flight in one event loop.

    The loop looks at the engine only while there are some. So a client that is left needs
    no goodbye, and the loop may end before.
    """

    __slots__ = ("__weakref__", "_running", "_told", "_watched", "engine")

    def __init__(self, running, engine):
        self.engine = engine
        self._running = ref(running)
        self._told = {}  # what to call for each call when it is over
        self._watched = False

    def is_of(self, running):
        return self._running() is running

    def is_busy(self):
        return bool(self._told) and self._is_alive()

    def watch(self, call, told):
        """Call `told` when a call is over that the engine has started."""
        self._told[call] = told
        if not self._watched:
            self._watched = True
            self._look()

    def cancel(self, call):
        """End a call now, and tell nobody."""
        self._told.pop(call, None)
        self.engine.cancel(call)
        if not self._told:
            self._leave()

    def close(self):
        """End all calls, and tell those who wait for them."""
        told = [*self._told.items()]
        for call, _ in told:
            self.cancel(call)
        for _, tell in told:
            tell()

    async def run(self, call):
        """What a call came to."""
        event = self.event()
        self.engine.start(call)
        self.watch(call, event.set)
        try:
            await event.wait()
        except BaseException as stopped:
            self.cancel(call)
            _chain(stopped, call)
            raise
        return call.result()

    def event(self):
        """Something that happens once, for a task that waits for it."""
        raise NotImplementedError

    def _is_alive(self):
        """Whether the loop may still run."""
        raise NotImplementedError

    def _look(self):
        """Let the loop look at the engine, until `_leave()`."""
        raise NotImplementedError

    def _leave(self):
        raise NotImplementedError

    def _work(self):
        for call in self.engine.work():
            tell = self._told.pop(call, None)
            if tell is not None:
                tell()


def _chain(stopped, call):
    """Say with the exception that stopped a wait that the call may have taken effect."""
    try:
        call.lose()
    except OutcomeUnknownError as unknown:
        stopped.__cause__ = unknown


def _asyncio_loop():
    return sys.modules["asyncio"].get_running_loop()


class AsyncioLoop(Loop):
    """A loop that has `add_reader()`, such as those of asyncio and uvloop."""

    __slots__ = ()

    def event(self):
        return _Event(_asyncio_loop().create_future())

    def _is_alive(self):
        running = self._running()
        return running is not None and not running.is_closed()

    def _look(self):
        _asyncio_loop().add_reader(self.engine.fileno(), self._turn)

    def _turn(self):
        self._work()
        if not self._told:
            # Whoever was told may start another call first.
            _asyncio_loop().call_soon(self._leave)

    def _leave(self):
        running = self._running()
        if self._watched and not self._told and running and not running.is_closed():
            self._watched = False
            running.remove_reader(self.engine.fileno())


class _Event:
    """Happens once, for one task. A future costs a third of asyncio.Event."""

    __slots__ = ("_future",)

    def __init__(self, future):
        self._future = future

    def set(self):
        if not self._future.done():
            self._future.set_result(None)

    def wait(self):
        return self._future


class TrioLoop(Loop):
    """A task of trio's own looks at the engine while calls are in flight."""

    __slots__ = ("_ended",)

    def __init__(self, running, engine):
        super().__init__(running, engine)
        self._ended = False

    def event(self):
        return sys.modules["trio"].Event()

    def _is_alive(self):
        return self._running() is not None and not self._ended

    def _look(self):
        sys.modules["trio"].lowlevel.spawn_system_task(self._attend)

    async def _attend(self):
        trio = sys.modules["trio"]
        try:
            while self._told:
                await trio.lowlevel.wait_readable(self.engine.fileno())
                self._work()
        except trio.Cancelled:
            self._ended = True  # System tasks are cancelled when the loop ends.
            raise
        finally:
            self._watched = False

    def _leave(self):
        if self._watched:
            self.engine.wake()


class Flight:
    """The calls of a walk that are in flight, all in one loop."""

    __slots__ = ("_calls", "_event", "loop")

    def __init__(self, loop):
        self.loop = loop
        self._calls = set()
        self._event = None

    def start(self, steps):
        for call in steps.start(self.loop.engine):
            self._calls.add(call)
            self.loop.watch(call, lambda call=call: self._tell(call))

    def _tell(self, call):
        self._calls.discard(call)
        if self._event is not None:
            self._event.set()

    async def wait(self):
        """Until one of them is over. Who stops the wait ends them all."""
        self._event = self.loop.event()
        try:
            await self._event.wait()
        except BaseException:
            self.cancel()
            raise
        finally:
            self._event = None

    def cancel(self):
        """End them all, and the wait of another task."""
        while self._calls:
            self.loop.cancel(self._calls.pop())
        if self._event is not None:
            self._event.set()
