"""Contacts that were added since a place: none is missed, and none comes twice."""

import pytest

import pgai
from pgai.bulk._since import Since, pages_since, read_since


def walk(contacts, place, **options):
    """The ids behind a place, and the place behind them."""
    steps = list(pages_since(contacts, place, **options))
    return [contact.id for page, _ in steps for contact in page], steps[-1][1]


@pytest.mark.parametrize("strict", [True, False])
def test_what_is_new_comes_once(contacts, strict):
    everyone, place = walk(contacts, Since(), strict=strict)
    assert len(everyone) == place.known == 1000
    new = [contacts.create(first_name="Sarah", last_name="Connor").id for _ in range(70)]
    assert walk(contacts, place, strict=strict)[0] == new


@pytest.mark.parametrize("details", [True, False])
def test_each_page_has_its_place(contacts, details):
    ids = []
    place = Since()
    while True:
        for page, behind in pages_since(contacts, place, details=details):
            place = behind
            ids += [contact.id for contact in page]
            break
        if not page:
            break
    assert ids == [contact.id for contact in contacts]
    assert place.known == 1000


def test_contacts_added_elsewhere_are_told(pgai_sandbox, contacts):
    place = walk(contacts, Since())[1]
    contacts.create(first_name="Sarah", last_name="Connor")
    added = {"fault": "contacts_added", "n": 2, "at": "head", "match": {"times": 1}}
    pgai_sandbox.fault(added)
    with pytest.raises(pgai.IncompleteError, match="2 contacts were added, but not at"):
        walk(contacts, place)


def test_contacts_added_at_the_end_meanwhile_are_not_elsewhere(pgai_sandbox, contacts):
    place = walk(contacts, Since())[1]
    for _ in range(5):
        contacts.create(first_name="Sarah", last_name="Connor")
    added = {"fault": "contacts_added", "n": 60, "at": "tail", "match": {"times": 20}}
    pgai_sandbox.fault(added)
    ids, behind = walk(contacts, place)
    assert len(ids) == len(set(ids)) == behind.known - place.known


@pytest.mark.parametrize(
    "kept", [{"cursor": 3}, {"known": True}, {"known": -1}, {"place": 1}, [], None, "x"]
)
def test_a_damaged_place_is_told(kept):
    with pytest.raises(pgai.UsageError, match="read all contacts"):
        read_since(kept)
