"""Events: who is told, and what an observer may do."""

import gc
import logging
import os
import subprocess
import sys
import threading
import weakref

import pytest

import pgai


@pytest.fixture
def events():
    return []


@pytest.fixture
def watched(contacts, events):
    return contacts.with_options(on_event=events.append)


def kinds(events):
    return [event.kind for event in events]


def fail_once(pgai_sandbox, **more):
    pgai_sandbox.fault({"fault": "status", "code": 503, "match": {"times": 1}, **more})


def test_a_call_is_told(watched, events):
    page = watched.list(limit=2)
    assert kinds(events) == ["request", "response", "page"]
    request, response, read = events
    assert isinstance(request, pgai.Event)
    assert (request.method, request.route, request.path) == (
        *("GET", "/contacts", "/contacts"),
    )
    assert (request.attempt, request.bytes, request.status) == (1, 0, None)
    assert request.elapsed is None
    assert response.status == 200
    assert response.error is None
    assert 0 <= response.elapsed < 10
    assert response.bytes > 0
    assert (read.page, read.contacts, read.total) == (1, 2, page.total)
    assert len({event.call for event in events}) == 1


def test_a_retry_is_told(pgai_sandbox, watched, events):
    fail_once(pgai_sandbox)
    watched.list(limit=2)
    assert kinds(events) == [
        *("request", "response", "retry", "wait", "request", "response", "page"),
    ]
    assert (events[1].status, events[1].error) == (503, pgai.ServerError)
    assert (events[2].cause, events[2].error) == ("backoff", pgai.ServerError)
    assert 0.5 <= events[3].wait <= 1.5
    assert events[4].attempt == 2


def test_a_walk_is_told(watched, events):
    pages = list(watched.pages(limit=50, prefetch=1))
    assert kinds(events) == ["request", "response", "page"] * len(pages)
    assert len({event.call for event in events}) == len(pages)


def test_the_constructor_takes_it(pgai_sandbox, events):
    with pgai.Contacts(
        pgai_sandbox.api_key, base_url=pgai_sandbox.url, on_event=events.append
    ) as contacts:
        contacts.get(contacts.list(limit=1)[0].id)
        contacts.with_options(on_event=None).list()
        contacts.with_options(timeout=5).list()
        contacts.with_options(user_agent="other").list()
    assert kinds(events).count("request") == 4


def test_it_must_be_callable(contacts):
    told = "on_event must be a function that takes an Event, not str"
    with pytest.raises(TypeError, match=told):
        contacts.with_options(on_event="print")


def test_what_it_raises_does_not_end_the_call(contacts, monkeypatch):
    caught = []
    monkeypatch.setattr(sys, "unraisablehook", caught.append)

    def observe(event):
        raise ValueError(event.kind)

    assert contacts.with_options(on_event=observe).list(limit=2)
    assert [str(one.exc_value) for one in caught] == ["request", "response", "page"]
    assert caught[0].object is observe


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_in_it_ends_the_call(contacts, kind):
    def observe(event):
        raise kind

    with pytest.raises(kind):
        contacts.with_options(on_event=observe).list(limit=2)


def test_ctrl_c_in_it_tells_that_a_create_may_be_done(contacts):
    def observe(event):
        if event.kind == "response":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        contacts.with_options(on_event=observe).create(first_name="Sarah")
    assert isinstance(caught.value.__cause__, pgai.OutcomeUnknownError)


def test_it_may_call(contacts):
    seen = []

    def observe(event):
        seen.append(event)
        if len(seen) == 1:
            seen.append(watched.list(limit=1))

    watched = contacts.with_options(on_event=observe)
    assert len(watched.list(limit=2)) == 2
    assert len(seen) == 7


def test_it_may_close(contacts):
    def observe(event):
        if event.kind == "request":
            watched.close()

    watched = contacts.with_options(on_event=observe)
    with pytest.raises(pgai.CancelledError):
        watched.list()


def test_it_may_go_on_with_no_walk_that_it_is_told_of(contacts, monkeypatch):
    caught = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: caught.append(one.exc_type))
    watched = contacts.with_options(on_event=lambda event: next(walk))
    walk = watched.pages(limit=50)
    assert len(next(walk)) == 50
    assert set(caught) == {ValueError}


def give_up(pgai_sandbox, watched):
    """Leave a walk whose fourth page does not come."""
    pgai_sandbox.fault({"fault": "stall", "k": 0, "match": {"nth": 4}})
    walk = watched.pages(limit=50, prefetch=4)
    for _ in range(3):
        next(walk)


def test_requests_that_are_given_up_have_a_response(pgai_sandbox, watched, events):
    give_up(pgai_sandbox, watched)
    gc.collect()
    assert kinds(events).count("request") == kinds(events).count("response")
    assert events[-1].error is pgai.CancelledError


def test_an_exception_is_kept_meanwhile(pgai_sandbox, contacts, monkeypatch):
    caught = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: caught.append(one.exc_type))

    def observe(event):
        if event.error is pgai.CancelledError:
            raise KeyboardInterrupt

    watched = contacts.with_options(on_event=observe)
    with pytest.raises(ZeroDivisionError):
        give_up(pgai_sandbox, watched) or 1 / 0
    gc.collect()
    assert caught == [KeyboardInterrupt]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_may_fork(contacts):
    children = []

    def observe(event):
        if event.kind == "request" and not children:
            children.append(os.fork())

    page = None
    try:
        page = contacts.with_options(on_event=observe).list(limit=2)
    finally:
        if children == [0]:
            os._exit(0 if page and len(page) == 2 else 1)
    assert len(page) == 2
    assert os.waitpid(children[0], 0)[1] == 0


def test_each_thread_is_told_of_its_own_calls(contacts):
    seen = []
    watched = contacts.with_options(
        on_event=lambda event: seen.append((threading.get_ident(), event.call))
    )
    threads = [threading.Thread(target=watched.list) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 12
    assert len({call for _, call in seen}) == len(set(seen)) == 4


def test_cycles_through_it_are_collected(contacts):
    class Watcher:
        def __init__(self):
            self.contacts = contacts.with_options(on_event=self.see)
            self.walk = self.contacts.pages()
            next(self.walk)

        def see(self, event):
            self.event = event

    gone = weakref.ref(Watcher())
    gc.collect()
    assert gone() is None


def test_the_logger_is_told(pgai_sandbox, contacts, caplog):
    fail_once(pgai_sandbox)
    with caplog.at_level(logging.DEBUG, logger="pgai"):
        contacts.list(limit=2)
    assert [record.levelname for record in caplog.records] == [
        *("DEBUG", "DEBUG", "WARNING", caplog.records[3].levelname),
        *("DEBUG", "DEBUG", "DEBUG"),
    ]
    assert caplog.records[3].levelname in ("DEBUG", "INFO")
    assert "503; request 2 follows in" in caplog.text
    assert pgai_sandbox.api_key not in caplog.text


def test_the_logger_gets_what_it_wants(pgai_sandbox, contacts, caplog):
    with caplog.at_level(logging.WARNING, logger="pgai"):
        contacts.list(limit=2)
        assert caplog.records == []
        fail_once(pgai_sandbox)
        contacts.list(limit=2)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_handler_that_raises_does_not_end_the_call(contacts, caplog, monkeypatch):
    caught = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: caught.append(one.exc_value))

    def refuse(record):
        raise ValueError("no")

    with caplog.at_level(logging.DEBUG, logger="pgai"):
        logging.getLogger("pgai").addFilter(refuse)
        try:
            assert contacts.list(limit=2)
        finally:
            logging.getLogger("pgai").removeFilter(refuse)
    assert [str(one) for one in caught] == ["no"] * 3


SCRIPT = """
import sys
import pgai
contacts = pgai.Contacts(sys.argv[1], base_url=sys.argv[2])
contacts.list()
print("logging" in sys.modules, "pgai._logging" in sys.modules)
import logging
contacts.list()
"""


ASYNC_SCRIPT = """
import asyncio
import sys
import pgai

async def main():
    async with pgai.AsyncContacts(sys.argv[1], base_url=sys.argv[2]) as contacts:
        await contacts.list()
        async for page in contacts.pages(count=1):
            pass

asyncio.run(main())
"""


def run(pgai_sandbox, script=SCRIPT, **environment):
    done = subprocess.run(
        [sys.executable, "-c", script, pgai_sandbox.api_key, pgai_sandbox.url],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout, done.stderr


def test_nothing_is_imported_or_printed_unasked(pgai_sandbox):
    fail_once(pgai_sandbox)
    assert run(pgai_sandbox) == ("False False\n", "")


def test_the_environment_makes_a_log(pgai_sandbox):
    _, text = run(pgai_sandbox, PGAI_LOG="debug")
    assert text.count(" GET /contacts: request 1\n") == 2
    assert pgai_sandbox.api_key not in text
    _, text = run(pgai_sandbox, ASYNC_SCRIPT, PGAI_LOG="debug")
    assert text.count(" GET /contacts: request 1\n") == 2
    assert pgai_sandbox.api_key not in text
