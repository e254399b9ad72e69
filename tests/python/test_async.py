"""`pgai.AsyncContacts`, under asyncio, uvloop and trio."""

import asyncio
import gc
import os
import threading

import pytest
from event_loops import Kind

import pgai
from pgai.testing import Sandbox

STALL = {"fault": "stall", "k": 100}


def requests(sandbox):
    return sandbox.log()["counts"]["requests"]


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_calls_return_what_those_of_the_blocking_client_do(
    kind, people, contacts, pgai_sandbox
):
    async def main():
        async with people:
            page = await people.list(page=2, limit=3)
            assert page == contacts.list(page=2, limit=3)
            assert await people.get(page[0].id) == contacts.get(page[0].id)
            made = await people.create(first_name="Zoë", extra={"a": [1]})
            assert (made.first_name, made.extra) == ("Zoë", {"a": [1]})
            response = await people.request("GET", "/contacts", query={"limit": 1})
            assert (response.status, len(response.json["data"])) == (200, 1)
            assert await people.plan(3, limit=7) == contacts.plan(3, limit=7)

    kind.run(main)


def test_walks_return_what_those_of_the_blocking_client_do(kind, people, contacts):
    async def main():
        async with people:
            walk = people.each(limit=30)
            ids = [contact.id async for contact in walk]
            assert ids == [contact.id for contact in contacts]
            assert (walk.stats.contacts, walk.stats.pages) == (1000, 34)
            assert [page async for page in people.pages()] == list(contacts.pages())
            assert len([contact async for contact in people]) == 1000

    kind.run(main)


def test_contacts_by_their_ids_come_in_order_and_none_is_one(kind, people, contacts):
    async def main():
        ids = [contact.id for contact in contacts.list()]
        walk = people.get_many([*ids, "nobody", ids[0]])
        found = [contact and contact.id async for contact in walk]
        assert found == [*ids, None, ids[0]]
        assert walk.stats.gone == 1
        assert walk.stats.complete is True
        with pytest.raises(pgai.UsageError, match="id 1 of 1 is empty"):
            people.get_many([""])

    kind.run(main)


def test_pages_are_in_flight_together_and_come_in_order(kind, people, pgai_sandbox):
    async def main():
        ids = [contact.id async for contact in people.each(prefetch=1)]
        assert pgai_sandbox.log()["counts"]["connections"] == 1
        pgai_sandbox.fault({"fault": "latency", "ms": 50})
        assert [contact.id async for contact in people.each(prefetch=8)] == ids
        assert pgai_sandbox.log()["counts"]["connections"] in range(8, 17)

    kind.run(main)


def test_nothing_is_asked_for_before_it_is_needed(kind, people, pgai_sandbox):
    async def main():
        walk = people.pages(prefetch=8)
        assert requests(pgai_sandbox) == 0
        await walk.__anext__()
        await kind.pause(0.05)
        assert requests(pgai_sandbox) == 1
        await walk.__anext__()
        await kind.pause(0.05)
        assert requests(pgai_sandbox) == 9

    kind.run(main)


def test_a_failure_ahead_is_tried_again_in_its_turn(kind, people, pgai_sandbox):
    async def main():
        walk = people.pages(prefetch=4)
        await walk.__anext__()
        pgai_sandbox.fault({"fault": "status", "code": 503, "match": {"nth": 4}})
        assert [page.page async for page in walk] == [*range(2, 21)]
        assert walk.stats.retries == 1

    kind.run(main)


def test_a_dropped_walk_leaves_nothing_in_flight(kind, people, pgai_sandbox):
    async def main():
        pgai_sandbox.fault({"fault": "stall", "k": 0, "match": {"nth": 4}})
        walk = people.pages(prefetch=4)
        assert [(await walk.__anext__()).page for _ in range(2)] == [1, 2]
        loop = people._shared["loop"]
        assert loop.is_busy()
        del walk
        assert not loop.is_busy()
        assert len(await people.list()) == 50

    kind.run(main)


def test_closing_ends_a_walk_with_pages_in_flight(kind, people, pgai_sandbox):
    async def main():
        pgai_sandbox.fault({"fault": "stall", "k": 0, "match": {"nth": 2}})
        walk = people.pages(prefetch=4)
        await walk.__anext__()

        async def go_on():
            with pytest.raises(pgai.CancelledError):
                await walk.__anext__()

        async def close():
            await kind.pause(0.1)
            await people.aclose()

        await kind.together(go_on(), close())

    kind.run(main)


def test_a_walk_goes_on_from_a_cursor(kind, people, contacts):
    async def main():
        walk = people.each()
        ids = []
        async for contact in walk:
            ids.append(contact.id)
            if len(ids) == 130:
                break
        assert walk.stats.contacts == 130
        more = people.each(cursor=walk.cursor)
        ids += [contact.id async for contact in more]
        assert ids == [contact.id for contact in contacts]

    kind.run(main)


def test_an_error_has_the_cursor_of_its_walk(kind, people, pgai_sandbox):
    async def main():
        walk = people.pages()
        await walk.__anext__()
        pgai_sandbox.fault({"fault": "status", "code": 401})
        with pytest.raises(pgai.AuthenticationError) as caught:
            await walk.__anext__()
        assert caught.value.cursor == walk.cursor
        assert caught.value.key_source == "the argument api_key"
        with pytest.raises(pgai.AuthenticationError):
            await walk.__anext__()

    kind.run(main)


def test_a_thousand_at_once_use_few_descriptors(kind, people):
    most = 0

    async def get(id):
        nonlocal most
        contact = await people.get(id)
        most = max(most, descriptors())
        return contact.id

    async def main():
        async with people:
            id = (await people.list(limit=1))[0].id
            assert await kind.together(*(get(id) for _ in range(1000))) == [id] * 1000

    before = descriptors()
    kind.run(main)
    # The sandbox has its ends of at most 64 connections in this process.
    assert most <= before + 2 * 64 + 16
    gc.collect()
    assert descriptors() <= before + 64


def test_calls_are_tried_again(kind, people, pgai_sandbox):
    async def main():
        pgai_sandbox.fault({"fault": "status", "code": 503, "match": {"times": 1}})
        assert len(await people.list(limit=2)) == 2
        assert requests(pgai_sandbox) == 2

    kind.run(main)


def test_errors_are_those_of_the_blocking_client(kind, people):
    async def main():
        with pytest.raises(pgai.NotFoundError) as caught:
            await people.get("nobody")
        assert caught.value.status == 404
        assert caught.value.requests == 1

    kind.run(main)


def test_wrong_arguments_send_nothing(kind, people, pgai_sandbox):
    async def main():
        with pytest.raises(TypeError, match="id must be str"):
            await people.get(None)
        with pytest.raises(TypeError, match="did you mean 'limit'"):
            await people.list(page_size=3)
        with pytest.raises(pgai.UsageError, match="limit"):
            await people.list(limit=0)
        with pytest.raises(pgai.UsageError, match="cursor"):
            people.each(cursor="nonsense")
        assert requests(pgai_sandbox) == 0

    kind.run(main)


def test_a_cancelled_call_ends_alone(kind, people, pgai_sandbox):
    async def main():
        one, two = await people.list(limit=2)
        pgai_sandbox.fault(STALL | {"match": {"path": f"/v1/contacts/{one.id}"}})
        assert await kind.together(kind.cut(0.1, people.get(one.id)), people.get(two.id))
        pgai_sandbox.reset()
        assert (await people.get(one.id)).id == one.id

    kind.run(main)


def test_a_cancelled_create_may_have_been_done(kind, people, pgai_sandbox):
    seen = []

    async def create():
        try:
            await people.create(first_name="Ada")
        except BaseException as stopped:
            seen.append(stopped)
            raise

    async def main():
        pgai_sandbox.fault(STALL)
        assert await kind.cut(0.2, create())
        (stopped,) = seen
        assert isinstance(stopped.__cause__, pgai.OutcomeUnknownError)

    kind.run(main)


def test_a_cancelled_read_has_no_cause(kind, people, pgai_sandbox):
    seen = []

    async def read():
        try:
            await people.list()
        except BaseException as stopped:
            seen.append(stopped.__cause__)
            raise

    async def main():
        pgai_sandbox.fault(STALL)
        assert await kind.cut(0.1, read())

    kind.run(main)
    assert seen == [None]


def test_a_cancelled_walk_is_over_and_keeps_its_cursor(kind, people, pgai_sandbox):
    async def main():
        walk = people.each()
        for _ in range(50):
            await walk.__anext__()
        pgai_sandbox.fault(STALL)
        assert await kind.cut(0.1, walk.__anext__())
        pgai_sandbox.reset()
        with pytest.raises(pgai.CancelledError) as caught:
            await walk.__anext__()
        assert caught.value.cursor == walk.cursor
        rest = people.each(cursor=walk.cursor)
        assert len([contact async for contact in rest]) == 950

    kind.run(main)


def test_what_a_consumer_raises_leaves_the_client_as_it_was(kind, people, pgai_sandbox):
    async def main():
        with pytest.raises(ZeroDivisionError):
            async for _ in people:
                raise ZeroDivisionError
        assert len(await people.list()) == 50
        assert requests(pgai_sandbox) == 2

    kind.run(main)


def test_closing_ends_what_is_in_flight(kind, people, pgai_sandbox):
    async def ended(call, error):
        with pytest.raises(error):
            await call

    async def close():
        await kind.pause(0.1)
        await people.aclose()
        await people.aclose()

    async def main():
        pgai_sandbox.fault(STALL)
        walk = people.each()
        await kind.together(
            ended(people.get("c1"), pgai.CancelledError),
            ended(people.create(first_name="Ada"), pgai.OutcomeUnknownError),
            ended(walk.__anext__(), pgai.CancelledError),
            close(),
        )
        with pytest.raises(pgai.ClosedError):
            await people.get("c1")
        with pytest.raises(pgai.ClosedError):
            await people.each().__anext__()

    kind.run(main)


def test_closing_a_walk_ends_what_is_in_flight(kind, people, pgai_sandbox):
    async def main():
        pgai_sandbox.fault(STALL)
        walk = people.each()

        async def first():
            with pytest.raises(pgai.CancelledError):
                await walk.__anext__()

        async def close():
            await kind.pause(0.1)
            await walk.aclose()

        await kind.together(first(), close())

    kind.run(main)


def test_options_make_clients_that_are_closed_together(kind, people, pgai_sandbox):
    async def main():
        hasty = people.with_options(timeout=5)
        assert type(hasty) is pgai.AsyncContacts
        assert len(await hasty.list()) == len(await people.list())
        assert pgai_sandbox.log()["counts"]["connections"] == 1
        await people.aclose()
        with pytest.raises(pgai.ClosedError):
            await hasty.list()

    kind.run(main)


def test_a_client_works_in_one_loop_after_another(people):
    async def main():
        return (await people.list(limit=1)).total

    before = descriptors()
    for name in ("asyncio", "trio", "uvloop", "asyncio"):
        assert Kind(name).run(main) == 1000
    gc.collect()
    # The last engine has three, and a connection with two ends.
    assert descriptors() <= before + 3 + 2 * 4


def test_a_loop_that_ended_in_the_middle_does_not_matter(kind, people, pgai_sandbox):
    pgai_sandbox.fault(STALL | {"match": {"times": 1}})
    loop = asyncio.new_event_loop()
    task = loop.create_task(people.list())
    loop.call_later(0.1, loop.stop)
    loop.run_forever()

    async def main():
        return (await people.list()).total

    with pytest.raises(pgai.UsageError, match="another event loop"):
        kind.run(main)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()
    assert kind.run(main) == 1000


def test_two_loops_at_once_are_refused(kind, people, pgai_sandbox):
    pgai_sandbox.fault(STALL)
    refused = []

    def other():
        async def use():
            with pytest.raises(pgai.UsageError, match="make a client for each"):
                await people.list()
            refused.append(requests(pgai_sandbox))

        kind.run(use)

    async def main():
        async def meanwhile():
            await kind.pause(0.1)
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()

        await kind.together(kind.cut(1, people.list()), meanwhile())

    kind.run(main)
    assert refused == [1]


def test_without_a_loop_nothing_is_sent(people, pgai_sandbox):
    call = people.list()
    with pytest.raises(pgai.UsageError, match="no event loop runs here"):
        call.send(None)
    assert requests(pgai_sandbox) == 0


def test_one_task_at_a_time_has_a_walk(kind, people, pgai_sandbox):
    async def main():
        walk = people.pages()
        pgai_sandbox.fault({"fault": "latency", "ms": 50})

        async def first():
            return await walk.__anext__()

        async def second():
            await kind.pause(0.01)
            with pytest.raises(ValueError, match="another task"):
                await walk.__anext__()

        await kind.together(first(), second())

    kind.run(main)


def test_a_forked_child_has_connections_of_its_own(kind, people):
    async def main():
        return (await people.list()).total

    assert kind.run(main) == 1000
    child = os.fork()
    if child == 0:
        os._exit(0 if kind.run(main) == 1000 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert kind.run(main) == 1000


def test_a_child_that_was_forked_in_the_middle_is_refused(run_python):
    run_python(
        """
        import asyncio, os, pgai
        from pgai.testing import Sandbox

        async def use(people):
            await people.list()

        async def main(people, sandbox):
            sandbox.fault({"fault": "latency", "ms": 300})
            task = asyncio.ensure_future(people.list())
            await asyncio.sleep(0.05)
            child = os.fork()
            if child == 0:
                try:
                    asyncio.run(use(people))
                except pgai.UsageError as error:
                    os._exit("forked" in str(error))
                os._exit(2)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
            assert (await task).total == 1000

        with Sandbox() as sandbox:
            people = pgai.AsyncContacts(sandbox.api_key, base_url=sandbox.url)
            asyncio.run(main(people, sandbox))
        """,
        # Later versions of Python warn of threads, such as the sandbox's.
        options=("-X", "dev", "-W", "error", "-W", "ignore::DeprecationWarning"),
    )


class Stepped:
    """Awaits something, and cancels its task at the n-th point where it waits."""

    def __init__(self, call, nth, late):
        self.call = call
        self.nth = nth
        self.late = late
        self.points = 0

    def __await__(self):
        inner = self.call.__await__()
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        try:
            waits_for = inner.send(None)
            while True:
                self.points += 1
                if self.points == self.nth and self.late:
                    # What it waits for has come, and the task has not seen it yet.
                    waits_for.add_done_callback(lambda future: task.cancel())
                elif self.points == self.nth:
                    loop.call_soon(task.cancel)
                try:
                    yield waits_for
                except BaseException as stopped:
                    waits_for = inner.throw(stopped)
                else:
                    waits_for = inner.send(None)
        except StopIteration as done:
            return done.value


async def use_everything(people):
    async with people:
        page = await people.list(limit=2)
        await people.create(first_name="Ada")
        async for contact in people.each(limit=50):
            if contact.id == page[1].id:
                break
        async for _ in people.pages(start=20):
            pass
        await people.get(page[0].id)
        async for _ in people.get_many(["nobody"]):
            pass


@pytest.mark.parametrize("late", [False, True], ids=["before", "just_after"])
def test_cancelled_at_every_point_nothing_is_left(pgai_sandbox, late):
    async def main(nth):
        people = pgai_sandbox.async_client()
        stepped = Stepped(use_everything(people), nth, late)

        async def step():
            await stepped

        task = asyncio.ensure_future(step())
        (stopped,) = await asyncio.gather(task, return_exceptions=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert people._shared == {}
        if stopped is None:
            return stepped.points
        assert isinstance(stopped, asyncio.CancelledError)
        with pytest.raises(pgai.ClosedError):
            await people.list()
        return None

    before = descriptors()
    nth = 1
    while asyncio.run(main(nth)) is None:
        nth += 1
    assert nth == 8, "each of seven requests is waited for once"
    gc.collect()
    assert descriptors() <= before + 64


def test_an_idle_client_is_not_in_the_loop(pgai_sandbox):
    async def main():
        people = pgai_sandbox.async_client()
        loop = asyncio.get_running_loop()
        await people.list()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not loop.remove_reader(people._shared["loop"].engine.fileno())
        pgai_sandbox.fault({"fault": "latency", "ms": 50})
        call = asyncio.ensure_future(people.list())
        await asyncio.sleep(0.01)
        reader = people._shared["loop"].engine.fileno()
        call.cancel()
        await asyncio.sleep(0)
        assert not loop.remove_reader(reader)

    asyncio.run(main())


def test_a_client_that_is_left_frees_its_descriptors(kind, pgai_sandbox):
    async def main():
        before = descriptors()
        for _ in range(5):
            await pgai_sandbox.async_client().list()
            await kind.pause(0)
        await kind.pause(0.1)
        gc.collect()
        assert descriptors() <= before + 5  # the sandbox's ends

    kind.run(main)


def test_nothing_is_left_that_python_warns_of(run_python, kind):
    run_python(
        """
        import asyncio, sys, pgai
        from pgai.testing import Sandbox

        async def main(people):
            async for contact in people:
                break
            await people.list()

        with Sandbox() as sandbox:
            for close in (False, True):
                people = pgai.AsyncContacts(sandbox.api_key, base_url=sandbox.url)

                async def use():
                    await main(people)
                    if close:
                        await people.aclose()

                if sys.argv[1] == "trio":
                    import trio
                    trio.run(use)
                elif sys.argv[1] == "uvloop":
                    import uvloop
                    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                        runner.run(use())
                else:
                    asyncio.run(use())
                del people
        """,
        kind.name,
        options=("-X", "dev", "-W", "error::ResourceWarning"),
    )


def test_no_loop_is_imported_before_it_is_used(run_python):
    run_python(
        """
        import sys, pgai
        people = pgai.AsyncContacts("test_key_0123456789")
        people.each()
        assert not {"asyncio", "trio", "anyio", "sniffio"} & {*sys.modules}
        """
    )


def test_the_blocking_client_names_the_other_one(contacts, pgai_sandbox):
    async def main():
        async with contacts:
            pass

    with pytest.raises(TypeError, match=r"pgai\.AsyncContacts"):
        asyncio.run(main())
    assert requests(pgai_sandbox) == 0


def test_it_tells_no_key(people):
    assert "sandbox_key" not in repr(people)
    assert repr(people).startswith("<pgai.AsyncContacts base_url='http://127.0.0.1:")


def test_the_rate_limit_is_shared_with_the_blocking_client(kind, pgai_sandbox):
    with Sandbox(limiter="fixed", rate_limit=30) as sandbox, sandbox.client() as contacts:

        async def main():
            async with sandbox.async_client() as people:
                await people.list()
                assert contacts.rate_limit == people.rate_limit
                assert people.rate_limit.limit == 30

        kind.run(main)
