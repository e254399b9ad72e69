"""Nothing is kept: reference counts and memory stay flat over many calls and errors."""

import asyncio
import contextlib
import gc
import itertools
import pathlib
import resource
import sys

import pytest

import pgai

# Growth of the process that may come from allocators and not from a leak, in KiB.
SLACK = 4096


def quietly(call, *kinds):
    def run():
        with contextlib.suppress(*kinds):
            call()

    return run


class Team(pgai.Contacts):
    __slots__ = ("__dict__", "name")

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.name, self.other = "sales", []


def calls(contacts, url):
    contact = contacts.list()[0]
    team = Team("key")
    renewed = pgai.Contacts("key")
    keys = itertools.cycle(["sandbox_key", "sandbox_read"])
    renewing = pgai.Contacts(keys.__next__, base_url=url, proxy="")
    page = contacts.list(limit=5)
    return {
        "list": lambda: contacts.list(limit=5),
        "get": lambda: contacts.get(contact.id),
        "create": lambda: contacts.create(first_name="Sarah", extra={"a": [1]}),
        "request": lambda: contacts.request("GET", "/contacts", query={"limit": 5}),
        "plan": lambda: contacts.plan(3, limit=5),
        "walk": lambda: next(contacts.each(limit=5)),
        "get_many": lambda: list(contacts.get_many(["nobody", "c1"])),
        "pages": lambda: next(contacts.pages(limit=5)),
        "limits": lambda: contacts.list(limit=1, timeout=5.0),
        "with_options": lambda: contacts.with_options(timeout=3.0),
        "a client of its own": lambda: contacts.with_options(user_agent="x", ca="/dev"),
        "a key of its own": lambda: contacts.with_options(api_key=iter("ab").__next__),
        "with_options of a class": lambda: team.with_options(timeout=3.0).name,
        "a wrong change": quietly(lambda: team.with_options(timeout=0), pgai.UsageError),
        "an unknown change": quietly(lambda: team.with_options(url=0), TypeError),
        "a new key": renewing.list,
        "a function": lambda: pgai.Contacts(lambda: "key"),
        "made again": lambda: renewed.__init__("key", ca=pathlib.Path("/dev")),
        "rate_limit": lambda: contacts.rate_limit,
        "cursor": lambda: contacts.each().cursor,
        "contact": lambda: (contact.to_dict(), contact.raw, contact.extra, repr(contact)),
        "new contact": lambda: hash(pgai.Contact(id="c1", extra={"a": 1})),
        "page": lambda: (page[1:3], list(page), repr(page), page._repr_html_()),
        "written": lambda: (page.to_csv(["email", "x"]), page.to_ndjson()),
        "a wrong column": quietly(lambda: page.to_csv(["a", ""]), pgai.UsageError),
        "not found": quietly(lambda: contacts.get("nobody"), pgai.NotFoundError),
        "usage": quietly(lambda: contacts.get(""), pgai.UsageError),
        "type": quietly(lambda: contacts.list(page="1"), TypeError),
        "unknown": quietly(lambda: contacts.list(pgae=1), TypeError),
        "cursor of another": quietly(lambda: contacts.pages(cursor="x"), pgai.UsageError),
        "key": quietly(lambda: pgai.Contacts("a b"), pgai.UsageError),
    }


NAMES = [
    "list",
    "get",
    "create",
    "request",
    "plan",
    "walk",
    "pages",
    "limits",
    "with_options",
    "a client of its own",
    "a key of its own",
    "with_options of a class",
    "a wrong change",
    "an unknown change",
    "a new key",
    "a function",
    "made again",
    "rate_limit",
    "cursor",
    "contact",
    "new contact",
    "page",
    "written",
    "a wrong column",
    "not found",
    "usage",
    "type",
    "unknown",
    "cursor of another",
    "key",
]


def peak_kib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("name", NAMES)
def test_calls_and_errors_keep_nothing(pgai_sandbox, contacts, rounds, name):
    call = calls(contacts, pgai_sandbox.url)[name]
    watched = (
        pgai.Contact,
        pgai.Page,
        pgai.ContactIterator,
        pgai.Contacts,
        Team,
        type(contacts._client()),
        None,
    )
    for _ in range(200):
        call()
    gc.collect()
    counts = [sys.getrefcount(thing) for thing in watched]
    before = peak_kib()
    for _ in range(rounds):
        call()
    gc.collect()
    # The sandbox of this process keeps what is created, and a log of the requests.
    allowed = SLACK + (rounds if name == "create" else rounds // 4)
    assert peak_kib() - before < allowed
    for thing, count in zip(watched, counts, strict=True):
        assert abs(sys.getrefcount(thing) - count) < 20


async def walk_a_little(people):
    async for _ in people.each(limit=5):
        break


async def cancel(people):
    task = asyncio.ensure_future(people.list(limit=5))
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def fail(people):
    with contextlib.suppress(pgai.NotFoundError):
        await people.get("nobody")


async def stay_a_moment(people):
    async with people.with_options(user_agent="x") as other:
        await other.list(limit=5)


AWAITED = {
    "list": lambda people: people.list(limit=5),
    "several": lambda people: asyncio.gather(*(people.list(limit=1) for _ in range(4))),
    "walk": walk_a_little,
    "cancelled": cancel,
    "not found": fail,
    "a client of its own": stay_a_moment,
}


@pytest.mark.parametrize("name", AWAITED)
def test_awaited_calls_keep_nothing(pgai_sandbox, rounds, name):
    async def run(people, count):
        for _ in range(count):
            await AWAITED[name](people)

    async def main():
        people = pgai_sandbox.async_client()
        kinds = map(type, (people._client()._client, people._client()._client.engine()))
        watched = (pgai.Contact, pgai.Page, pgai.AsyncContacts, *kinds, None)
        await run(people, 200)
        gc.collect()
        counts = [sys.getrefcount(thing) for thing in watched]
        before = peak_kib()
        await run(people, rounds)
        gc.collect()
        assert peak_kib() - before < SLACK + rounds
        for thing, count in zip(watched, counts, strict=True):
            assert abs(sys.getrefcount(thing) - count) < 20

    asyncio.run(main())


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 418, 422, 429, 500])
def test_each_error_keeps_nothing(pgai_sandbox, rounds, status):
    pgai_sandbox.fault({"fault": "status", "code": status})
    with pgai_sandbox.client(max_attempts=1, max_wait=0.001, pace=False) as contacts:
        call = quietly(contacts.list, pgai.Error)
        for _ in range(200):
            call()
        before = peak_kib()
        for _ in range(rounds):
            call()
        assert peak_kib() - before < SLACK + rounds // 4


def closed_client():
    client = pgai.Contacts("key", base_url="http://127.0.0.1:1/v1")
    client.close()
    return client


FAILURES = {
    pgai.DecodeError: ("not_json", lambda contacts: contacts.list()),
    pgai.OutcomeUnknownError: (
        "commit_then_5xx",
        lambda contacts: contacts.create(first_name="Sarah"),
    ),
    pgai.ConnectError: (
        None,
        lambda contacts: contacts.with_options(base_url="http://127.0.0.1:1/v1").list(),
    ),
    pgai.ClosedError: (None, lambda contacts: closed_client().list()),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_each_failure_keeps_nothing(pgai_sandbox, rounds, kind):
    fault, fail = FAILURES[kind]
    if fault:
        pgai_sandbox.fault({"fault": fault})
    with pgai_sandbox.client(max_attempts=1) as contacts:
        with pytest.raises(kind):
            fail(contacts)
        call = quietly(lambda: fail(contacts), kind)
        for _ in range(200):
            call()
        counts = sys.getrefcount(kind), sys.getrefcount(None)
        before = peak_kib()
        for _ in range(rounds):
            call()
        allowed = SLACK + (rounds if kind is pgai.OutcomeUnknownError else rounds // 4)
        assert peak_kib() - before < allowed
        after = sys.getrefcount(kind), sys.getrefcount(None)
        assert all(abs(a - b) < 20 for a, b in zip(after, counts, strict=True))
