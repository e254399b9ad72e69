"""Several pages in flight, and ranges of pages, over the sandbox."""

import json
import pathlib
import threading
import time

import pytest

import pgai
from pgai.testing import Sandbox

# Seconds that no response of a fault takes, and that a test never waits.
FOR_EVER = 20

# So that a response cannot come while the other requests leave.
LATENCY = {"fault": "latency", "ms": 50}


# More bytes than the response with two contacts has.
LONGEST = 1500


def connections(sandbox):
    return sandbox.log()["counts"]["connections"]


def test_pages_come_in_order_over_several_connections(pgai_sandbox, contacts):
    one = [contact.id for contact in contacts.each(prefetch=1)]
    assert connections(pgai_sandbox) == 1
    pgai_sandbox.fault(LATENCY)
    assert [contact.id for contact in contacts.each(prefetch=8)] == one
    # A new connection is made where one becomes free a moment too late.
    assert connections(pgai_sandbox) in range(8, 17)


def test_four_pages_are_in_flight_if_nothing_else_is_said(pgai_sandbox, contacts):
    pgai_sandbox.fault(LATENCY)
    assert len(list(contacts.pages())) == 20
    assert connections(pgai_sandbox) in range(4, 9)


def test_nothing_is_asked_for_before_it_is_needed(pgai_sandbox, contacts):
    walk = contacts.pages(prefetch=8)
    assert pgai_sandbox.log()["counts"]["requests"] == 0
    next(walk)
    assert pgai_sandbox.log()["counts"]["requests"] == 1
    next(walk)
    assert pgai_sandbox.log()["counts"]["requests"] == 9
    assert walk.stats.requests == 9


def test_a_response_that_does_not_come_holds_back_no_other(pgai_sandbox):
    pgai_sandbox.fault({"fault": "stall", "k": 0, "match": {"nth": 4}})
    with pgai_sandbox.client(timeout=FOR_EVER, max_attempts=1) as contacts:
        walk = contacts.pages(prefetch=4)
        begun = time.monotonic()
        assert [next(walk).page for _ in range(3)] == [1, 2, 3]
        assert time.monotonic() - begun < FOR_EVER / 4


def test_a_dropped_walk_leaves_nothing_in_flight(pgai_sandbox):
    pgai_sandbox.fault({"fault": "stall", "k": 0, "match": {"nth": 4}})
    with pgai_sandbox.client(timeout=FOR_EVER, max_attempts=1) as contacts:
        walk = contacts.pages(prefetch=4)
        assert [next(walk).page for _ in range(2)] == [1, 2]
        begun = time.monotonic()
        del walk
        assert len(contacts.list()) == 50
        assert time.monotonic() - begun < FOR_EVER / 4


def test_close_ends_a_walk_with_pages_in_flight(pgai_sandbox):
    pgai_sandbox.fault({"fault": "stall", "k": 0, "match": {"nth": 2}})
    with pgai_sandbox.client(timeout=FOR_EVER) as contacts:
        walk = contacts.pages(prefetch=8)
        next(walk)
        threading.Timer(0.3, contacts.close).start()
        begun = time.monotonic()
        with pytest.raises(pgai.CancelledError):
            next(walk)
        assert 0.2 < time.monotonic() - begun < 0.3 + 0.4


def test_a_range_of_pages(pgai_sandbox, contacts):
    ids = [contact.id for contact in contacts]
    walk = contacts.each(start=3, count=4, limit=30)
    assert [contact.id for contact in walk] == ids[60:180]
    part = contacts.each(start=3, count=4, limit=30)
    for _ in range(70):
        next(part)
    rest = contacts.each(cursor=part.cursor, limit=7)
    assert [contact.id for contact in rest] == ids[130:180]
    assert list(contacts.pages(start=21, count=1)) == []


@pytest.mark.parametrize("prefetch", [0, 33, -1, 2**70])
def test_a_number_out_of_range_is_refused(pgai_sandbox, contacts, prefetch):
    with pytest.raises(pgai.UsageError, match="prefetch"):
        contacts.pages(prefetch=prefetch)
    assert pgai_sandbox.log()["counts"]["requests"] == 0


@pytest.mark.parametrize("name", ["prefetch", "count"])
@pytest.mark.parametrize("value", ["4", 4.0, True, b"4"])
def test_what_is_no_number_is_refused(contacts, name, value):
    with pytest.raises((TypeError, pgai.UsageError), match=name):
        contacts.pages(**{name: value})


def test_a_count_without_sense_is_refused(contacts):
    with pytest.raises(pgai.UsageError, match="count"):
        contacts.pages(count=0)
    with pytest.raises(pgai.UsageError, match="count"):
        contacts.pages(count=2**62)
    cursor = contacts.pages().cursor
    with pytest.raises(pgai.UsageError, match="count and cursor are both given"):
        contacts.pages(count=1, cursor=cursor)


def test_details_bring_the_fields_that_lists_lack(pgai_sandbox, contacts):
    listed = contacts.list(limit=5)
    whole = list(contacts.each(limit=5, count=1, details=True))
    assert [contact.id for contact in whole] == [contact.id for contact in listed]
    assert not any(contact.has("created_at") for contact in listed)
    assert all(contact.has("created_at") for contact in whole)


def test_details_from_a_cursor_inside_a_page(pgai_sandbox, contacts):
    ids = [contact.id for contact in contacts.list(limit=10)]
    walk = contacts.each(limit=10, count=1, details=True)
    for _ in range(7):
        next(walk)
    before = pgai_sandbox.log()["counts"]["requests"]
    rest = contacts.each(cursor=walk.cursor, details=True)
    assert [contact.id for contact in rest] == ids[7:]
    assert pgai_sandbox.log()["counts"]["requests"] == before + 1 + 3


def test_an_error_in_details_has_the_cursor_of_their_page(pgai_sandbox, contacts):
    ids = [contact.id for contact in contacts.each(limit=5, count=3)]
    pgai_sandbox.fault({"fault": "status", "code": 403, "match": {"nth": 9}})
    walk = contacts.pages(limit=5, count=3, details=True)
    assert [contact.id for contact in next(walk)] == ids[:5]
    with pytest.raises(pgai.PermissionDeniedError) as caught:
        next(walk)
    rest = contacts.each(cursor=caught.value.cursor, details=True)
    assert [contact.id for contact in rest] == ids[5:]


def test_each_response_of_a_window_may_be_cut_anywhere(rounds):
    step = 1 if rounds > 10_000 else 29
    with (
        Sandbox(contacts=8) as sandbox,
        sandbox.client(max_attempts=1, pace=False) as contacts,
    ):
        ids = [contact.id for contact in contacts.each(limit=2)]
        failed = 0
        for nth in range(1, 5):
            for cut in range(nth, LONGEST, step):
                sandbox.fault({"fault": "cut", "k": cut, "match": {"nth": nth}})
                seen = []
                try:
                    seen += (each.id for each in contacts.each(limit=2, prefetch=4))
                except pgai.TransportError as error:
                    failed += 1
                    assert len(seen) % 2 == 0
                    seen += (each.id for each in contacts.each(cursor=error.cursor))
                assert seen == ids
                sandbox.reset()
    # A connection that was kept may end before a line came: then there is another one.
    assert failed > 4 * 500 / step


SUPPORT = pathlib.Path(__file__).parents[1] / "support"
CURSORS = json.loads((SUPPORT / "cursors.json").read_text("utf-8"))


@pytest.mark.parametrize("prefetch", [1, 2, 4])
def test_the_cursor_at_each_contact_is_that_of_all_languages(prefetch):
    with Sandbox(contacts=130) as sandbox, sandbox.client(pace=False) as contacts:
        walk = contacts.each(limit=40, prefetch=prefetch)
        cursors = [walk.cursor]
        for at, contact in enumerate(walk):
            assert contact.id == CURSORS["ids"][at]
            cursors.append(walk.cursor)
        assert cursors == CURSORS["cursors"]
        for at, cursor in enumerate(cursors):
            rest = contacts.each(cursor=cursor, prefetch=prefetch)
            assert [each.id for each in rest] == CURSORS["ids"][at:]
