"""The event loops that tests of `pgai.AsyncContacts` run in."""

import asyncio

import pytest

trio = pytest.importorskip("trio", reason="trio is not installed")
uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed")


async def together_in_asyncio(*calls):
    return await asyncio.gather(*calls)


async def together_in_trio(*calls):
    results = {}

    async def keep(index, call):
        results[index] = await call

    async with trio.open_nursery() as nursery:
        for index, call in enumerate(calls):
            nursery.start_soon(keep, index, call)
    return [results[index] for index in range(len(calls))]


class Kind:
    """An event loop, and what tests want of it."""

    def __init__(self, name):
        self.name = name
        self.together = together_in_trio if name == "trio" else together_in_asyncio

    def run(self, function, *arguments):
        if self.name == "trio":
            return trio.run(function, *arguments)
        make = uvloop.new_event_loop if self.name == "uvloop" else asyncio.new_event_loop
        with asyncio.Runner(loop_factory=make) as runner:
            return runner.run(function(*arguments))

    async def cut(self, seconds, call):
        """Whether a call took longer than that, and was cancelled."""
        if self.name == "trio":
            with trio.move_on_after(seconds) as scope:
                await call
            return scope.cancelled_caught
        try:
            await asyncio.wait_for(call, seconds)
        except TimeoutError:
            return True
        return False

    async def pause(self, seconds):
        await (trio if self.name == "trio" else asyncio).sleep(seconds)
