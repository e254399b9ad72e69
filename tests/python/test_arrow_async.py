"""Record batches of the walks of `pgai.AsyncContacts`."""

import pytest

import pgai
from pgai.testing import Sandbox


async def sizes(walk):
    return [len(batch) async for batch in walk.batches()]


def test_batches_are_those_of_a_stream(kind):
    async def main(people):
        assert await sizes(people.each()) == [8200, 8200, 3600]

    with Sandbox(contacts=20_000, rate_limit=0) as sandbox:
        kind.run(main, sandbox.async_client(pace=False))


def test_of_pages_each_is_a_batch(kind, people):
    async def main():
        assert await sizes(people.pages(limit=30)) == [30] * 33 + [10]

    kind.run(main)


def test_the_rest_of_a_walk(kind, people):
    async def main():
        walk = people.each(limit=50)
        for _ in range(70):
            await walk.__anext__()
        before = walk.cursor
        assert await sizes(walk) == [930]
        assert await sizes(walk) == []
        assert await sizes(people.each(cursor=before)) == [930]
        assert await sizes(people.each(cursor=walk.cursor)) == []

    kind.run(main)


def test_what_follows_a_batch(kind, people):
    async def main():
        walk = people.pages(limit=300)
        async for batch in walk.batches():
            assert (walk.stats.contacts, walk.stats.pages) == (len(batch), 1)
            break
        rest = [contact.id async for page in walk for contact in page]
        assert len(rest) == 1000 - len(batch)

    kind.run(main)


def test_ids_that_are_not_there_have_no_row(kind, people):
    async def main():
        ids = [contact.id for contact in await people.list(limit=3)]
        assert await sizes(people.get_many(["x", ids[0], "y", *ids[1:], "z"])) == [3]
        assert await sizes(people.get_many(["x", "y"])) == []

    kind.run(main)


@pytest.mark.pgai_sandbox(contacts=0)
def test_no_contacts(kind, people):
    async def main():
        assert await sizes(people.each()) == await sizes(people.pages()) == []

    kind.run(main)


def test_a_failure_in_the_middle(kind, people, pgai_sandbox):
    async def main():
        pgai_sandbox.fault({"fault": "status", "code": 401, "match": {"nth": 4}})
        walk = people.each(prefetch=1)
        batches = walk.batches()
        assert len(await batches.__anext__()) == 150
        for _ in range(2):
            with pytest.raises(pgai.AuthenticationError) as caught:
                await batches.__anext__()
            assert caught.value.cursor == walk.cursor
        pgai_sandbox.reset()
        assert await sizes(people.each(cursor=walk.cursor)) == [850]

    kind.run(main)


def test_a_cancelled_batch_is_not_skipped(kind, people, pgai_sandbox):
    async def main():
        walk = people.each(limit=50, prefetch=1)
        for _ in range(70):
            await walk.__anext__()
        before = walk.cursor
        pgai_sandbox.fault({"fault": "stall", "k": 100, "match": {"nth": 3}})
        batches = walk.batches()
        assert await kind.cut(0.2, batches.__anext__())
        pgai_sandbox.reset()
        assert (walk.cursor, walk.stats.contacts) == (before, 70)
        assert await sizes(people.each(cursor=before)) == [930]

        with pytest.raises(pgai.UsageError, match="in the middle of a batch: go on with"):
            await walk.__anext__()
        assert len(await batches.__anext__()) == 130
        assert walk.stats.contacts == 200
        for going_on in (batches, walk):
            with pytest.raises(pgai.CancelledError) as caught:
                await going_on.__anext__()
            assert caught.value.cursor == walk.cursor
        assert await sizes(people.each(cursor=walk.cursor)) == [800]

    kind.run(main)


def test_the_cursor_stands_still_while_a_batch_is_gathered(kind, people):
    seen = set()

    async def main():
        walk = people.each(limit=20, prefetch=1)

        async def look():
            for _ in range(10):
                seen.add((walk.cursor, walk.stats.contacts))
                await kind.pause(0)

        begin = (walk.cursor, 0)
        await kind.together(sizes(walk), look())
        assert seen <= {begin, (walk.cursor, 1000)}
        assert begin in seen

    kind.run(main)


def test_two_tasks_in_one_walk(kind, people, pgai_sandbox):
    async def main():
        walk = people.each()

        async def other():
            await kind.pause(0.05)
            for going_on in (walk, walk.batches()):
                with pytest.raises(ValueError, match="another task is using this"):
                    await going_on.__anext__()
            await walk.aclose()

        async def first():
            with pytest.raises(pgai.CancelledError):
                await sizes(walk)

        pgai_sandbox.fault({"fault": "stall", "k": 100})
        await kind.together(first(), other())

    kind.run(main)


def test_a_batch_is_read_again_and_again_and_outlives_all(kind, pgai_sandbox):
    async def main():
        people = pgai_sandbox.async_client()
        return [batch async for batch in people.each(count=2).batches()]

    (batch,) = kind.run(main)
    assert repr(batch) == "<pgai.RecordBatch, 100 contacts>"
    schema = batch.__arrow_c_schema__()
    arrays = [batch.__arrow_c_array__(schema) for _ in range(2)]
    streams = [batch.__arrow_c_stream__(schema) for _ in range(2)]
    with pytest.raises(TypeError, match='must be a capsule "arrow_schema" or None'):
        batch.__arrow_c_array__(7)
    del batch
    assert ['"arrow_array"' in repr(capsule) for _, capsule in arrays] == [True] * 2
    assert ['"arrow_array_stream"' in repr(capsule) for capsule in streams] == [True] * 2


def test_a_batch_is_made_by_walks_only():
    with pytest.raises(TypeError, match="cannot create"):
        pgai.RecordBatch()
