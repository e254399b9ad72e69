"""Contacts that are fetched by their ids: what Python adds to the conformance table."""

import pytest

import pgai


@pytest.fixture
def ids(contacts):
    return [contact.id for contact in contacts.list(limit=20)]


def test_contacts_come_in_order_and_what_is_not_there_is_none(contacts, ids):
    asked = [*ids, "nobody", ids[0]]
    walk = contacts.get_many(iter(asked), prefetch=8)
    found = list(walk)
    assert [contact and contact.id for contact in found] == [*ids, None, ids[0]]
    assert found[0].phone == contacts.get(ids[0]).phone
    stats = walk.stats
    assert (stats.contacts, stats.gone, stats.total) == (21, 1, 22)
    assert stats.complete is True
    assert not hasattr(walk, "cursor")


def test_nothing_is_sent_before_the_first_is_asked_for(contacts, ids, pgai_sandbox):
    before = len(pgai_sandbox.log()["requests"])
    walk = contacts.get_many(ids)
    assert walk.__length_hint__() == 20
    assert list(contacts.get_many([])) == []
    assert len(pgai_sandbox.log()["requests"]) == before
    assert next(walk).id == ids[0]
    assert walk.__length_hint__() == 19
    assert len(pgai_sandbox.log()["requests"]) == before + 1  # The first goes alone.


def test_a_failure_tells_how_many_came_before(contacts, ids, pgai_sandbox):
    pgai_sandbox.fault({"fault": "status", "code": 403, "match": {"nth": 3}})
    walk = contacts.get_many(["nobody", *ids], prefetch=1)
    with pytest.raises(pgai.PermissionDeniedError) as caught:
        list(walk)
    assert caught.value.cursor is None
    done = walk.stats.contacts + walk.stats.gone
    assert done == 2
    rest = contacts.get_many(["nobody", *ids][done:])
    assert [contact.id for contact in rest] == ids[done - 1 :]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ("abc", TypeError, "ids must be a list, or another iterable, of str, not str"),
        (b"abc", TypeError, "ids must be a list"),
        (None, TypeError, "ids must be a list"),
        (7, TypeError, "ids must be a list"),
        (["a", 7], TypeError, "id 2 of 2 must be str, not int"),
        ([None], TypeError, "id 1 of 1 must be str, not NoneType"),
        (["a", "", "b"], pgai.UsageError, "id 2 of 3 is empty"),
        (["a\0"], pgai.UsageError, "id 1 of 1 contains a NUL character"),
        (["\ud800"], pgai.UsageError, "id 1 of 1 contains a lone surrogate"),
    ],
)
def test_bad_ids_are_refused_before_anything_is_sent(contacts, given, error, message):
    with pytest.raises(error, match=message):
        contacts.get_many(given)


def test_what_the_iterable_raises_is_raised(contacts):
    def broken():
        yield "a"
        raise LookupError("no more")

    with pytest.raises(LookupError):
        contacts.get_many(broken())


def test_a_misspelt_option_is_named(contacts):
    with pytest.raises(TypeError, match="did you mean 'prefetch'"):
        contacts.get_many([], concurrency=4)
