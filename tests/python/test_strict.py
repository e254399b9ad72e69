"""Strict walks over a sandbox whose list changes between any two requests."""

import contextlib

import pytest

import pgai
from pgai.testing import Sandbox

CHANGES = {
    "deleted at the head": [{"fault": "contacts_deleted", "at": "head"}],
    "deleted anywhere": [{"fault": "contacts_deleted", "at": "random", "n": 3}],
    "added at the head": [{"fault": "contacts_added", "at": "head"}],
    "added anywhere": [{"fault": "contacts_added", "at": "random", "n": 3}],
    "one for another": [{"fault": "contacts_replaced", "at": "random", "to": "random"}],
    "a hundred at once": [
        {"fault": "contacts_deleted", "at": "random", "n": 100, "match": {"every": 7}}
    ],
}


@pytest.fixture
def patient():
    """A sandbox without a rate limit, and a client of it."""
    with Sandbox(rate_limit=0) as sandbox, sandbox.client(pace=False) as contacts:
        yield sandbox, contacts


def is_gone(contacts, id):
    with contextlib.suppress(pgai.NotFoundError):
        return contacts.get(id) is None
    return True


@pytest.mark.parametrize("prefetch", [1, 8])
@pytest.mark.parametrize("name", CHANGES)
def test_nothing_that_stays_is_missed(patient, name, prefetch):
    sandbox, contacts = patient
    before = {contact.id for contact in contacts}
    sandbox.fault(*CHANGES[name])
    walk = contacts.each(strict=True, prefetch=prefetch)
    seen = [contact.id for contact in walk]
    assert walk.stats.complete is True
    assert walk.stats.incomplete_reason is None
    assert len(seen) == len(set(seen))
    assert all(is_gone(contacts, id) for id in before - set(seen))


def test_a_plain_walk_proves_nothing(pgai_sandbox, contacts):
    walk = contacts.each()
    list(walk)
    assert walk.stats.complete is None
    with pytest.raises(pgai.UsageError, match="was not strict"):
        contacts.each(strict=True, cursor=contacts.pages().cursor)


def test_the_proof_goes_on_from_a_cursor(pgai_sandbox, contacts):
    ids = [contact.id for contact in contacts]
    walk = contacts.each(strict=True)
    first = [next(walk).id for _ in range(333)]
    gone = {"fault": "contacts_deleted", "at": "head", "n": 60, "match": {"nth": 1}}
    pgai_sandbox.fault(gone)
    rest = contacts.each(strict=True, cursor=walk.cursor)
    seen = first + [contact.id for contact in rest]
    assert rest.stats.complete is True
    assert len(seen) == len(set(seen))
    assert set(ids[60:]) <= set(seen)


def test_an_error_says_why_and_where(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "round_limit"})
    walk = contacts.each(strict=True)
    seen = []
    with pytest.raises(pgai.IncompleteError, match="other limits") as caught:
        seen.extend(contact.id for contact in iter(walk.__next__, None))
    assert walk.stats.complete is False
    assert "other limits" in walk.stats.incomplete_reason
    plain = contacts.each(cursor=caught.value.cursor)
    assert walk.stats.contacts + len(list(plain)) == 1000
