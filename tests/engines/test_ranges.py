"""Ranges that meet at contacts: whatever moves, each contact that stays comes once."""

import contextlib
import random

import pytest

import pgai
from pgai.spark._ranges import RangeWalk, plan_ranges
from pgai.testing import Sandbox

CONTACTS = 2000
PAGES = 40


def walk(client, part, *, details=False, prefetch=None):
    pages = RangeWalk(client, part, details=details, prefetch=prefetch)
    return [contact.id for page in pages for contact in page]


def meanwhile(service, fault, n, at, **match):
    service.fault({"fault": fault, "n": n, "at": at, "match": match})


def ids_of(client):
    return [contact.id for contact in client]


def assert_once(found, stayers):
    counts = dict.fromkeys(stayers, 0)
    for id in found:
        if id in counts:
            counts[id] += 1
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("parts", [1, 2, 3, 8, 40, 64])
def test_a_list_that_stays(service, client, parts):
    everyone = ids_of(client)
    ranges = plan_ranges(client, parts)
    assert len(ranges) == min(parts, PAGES)
    assert [id for part in ranges for id in walk(client, part)] == everyone


def test_what_they_cost(service, client):
    """Two requests for each edge: it is looked at, and its page is read by both sides."""
    ranges = plan_ranges(client, 8)
    for part in ranges:
        walk(client, part)
    # And the plan one.
    assert service.log()["counts"]["requests"] == PAGES + 2 * 7 + 1


@pytest.mark.parametrize("at", ["head", "tail", "random"])
@pytest.mark.parametrize("order", ["forwards", "backwards"])
@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("late", [0, 3])
def test_contacts_added_meanwhile(service, client, at, order, n, late):
    stayers = ids_of(client)
    ranges = plan_ranges(client, 8)
    meanwhile(service, "contacts_added", n, at)
    # Responses that overtake each other.
    service.fault({"fault": "latency", "ms": late, "jitter": late})
    if order == "backwards":
        ranges.reverse()
    assert_once([id for part in ranges for id in walk(client, part)], stayers)


def test_a_list_that_grows_faster_than_it_is_read(service, client):
    part = plan_ranges(client, 8)[0]
    meanwhile(service, "contacts_added", 70, "head")
    with pytest.raises(pgai.IncompleteError, match="too fast"):
        walk(client, part)


@pytest.mark.parametrize("at", ["head", "tail", "random"])
@pytest.mark.parametrize("n", [3, 60, 500])
def test_contacts_added_or_deleted_between_plan_and_walk(service, client, at, n):
    before = ids_of(client)
    ranges = plan_ranges(client, 8)
    meanwhile(service, "contacts_deleted", n, at, times=1)
    client.list(limit=1)
    meanwhile(service, "contacts_added", n // 2, at, times=1)
    client.list(limit=1)
    stayers = set(before) & set(ids_of(client))
    found = []
    for part in ranges:
        try:
            found += walk(client, part)
        except pgai.IncompleteError as error:
            # Both sides of an edge are gone.
            assert n >= 60, error
            return
    assert_once(found, stayers)


def tries(client, part):
    """What a task brings that Spark starts up to four times; None: nothing."""
    for _ in range(4):
        with contextlib.suppress(pgai.IncompleteError):
            return walk(client, part)
    return None


def test_any_history_is_whole_or_told():
    """Additions and deletions at random, before any of the requests."""
    whole = 0
    for seed in range(60):
        dice = random.Random(seed)
        with Sandbox(contacts=600, seed=seed) as service, service.client() as client:
            before = ids_of(client)
            for _ in range(dice.randrange(5)):
                kind = dice.choice(["added", "added", "deleted"])
                n, at = (
                    dice.choice([1, 1, 5, 30]),
                    dice.choice(["head", "tail", "random"]),
                )
                meanwhile(service, "contacts_" + kind, n, at, nth=dice.randrange(1, 30))
            ranges = plan_ranges(client, dice.choice([2, 3, 5]))
            dice.shuffle(ranges)
            brought = [tries(client, part) for part in ranges]
            if None not in brought:
                whole += 1
                stayers = set(before) & set(ids_of(client))
                assert_once([id for ids in brought for id in ids], stayers)
    assert whole > 40


def test_contacts_deleted_meanwhile_are_told_with_the_place(service, client):
    part = plan_ranges(client, 4)[1]
    meanwhile(service, "contacts_deleted", 2, "head", nth=9)
    with pytest.raises(pgai.IncompleteError) as told:
        walk(client, part, prefetch=1)
    assert str(told.value) == (
        "range 2 of 4, pages 11 to 20: contacts were deleted meanwhile, so others may be "
        "missing"
    )


def test_a_short_page_is_told(service, client):
    part = plan_ranges(client, 4)[1]
    service.fault({"fault": "short_page", "page": 15})
    with pytest.raises(pgai.IncompleteError, match="range 2 of 4"):
        walk(client, part)


def test_details(service, client):
    everyone = ids_of(client)
    ranges = plan_ranges(client, 3)
    assert [id for part in ranges for id in walk(client, part, details=True)] == everyone


def test_an_edge_that_is_gone_is_told(service, client):
    part = plan_ranges(client, 4)[1]
    meanwhile(service, "contacts_deleted", CONTACTS, "head", times=1)
    with pytest.raises(pgai.IncompleteError, match="cannot be found"):
        walk(client, part)


def test_a_list_that_ended_before_its_plan(service, client):
    meanwhile(service, "contacts_deleted", 1500, "tail", nth=2)
    ranges = plan_ranges(client, 4)
    assert [(part.start, part.count) for part in ranges] == [(1, None)]


def test_pages_as_small_as_three():
    with Sandbox(contacts=40, max_limit=3) as service, service.client() as client:
        everyone = ids_of(client)
        ranges = plan_ranges(client, 5)
        assert [id for part in ranges for id in walk(client, part)] == everyone
