"""Contacts as mappings."""

import collections
import json
import types
from collections.abc import Mapping

import pytest

import pgai

SENT = {"id": "c1", "email": None, "first_name": "Zoë", "x": {"y": [1]}, "phone": 5}
FIELDS = pgai.Contact.__match_args__  # a list has the first seven
TEXTS = {
    "in order": {"id": "c1", "first_name": "Sarah", "email": None},
    "in another order": {"email": None, "first_name": "Sarah", "id": "c1"},
    "odd": {"id": "c1", "phone": [1]},
    "with more": SENT,
    "only more": {"x": 1},
    "with an escape": {"id": "c1", "first_name": "\n", "company": 'The "Good" Co.'},
    "empty": {},
    "the fields of a list": {name: name[:9] for name in FIELDS[:7]} | {"id": "c1"},
    "those and one more": dict.fromkeys((*FIELDS[:7], "phone"), "c1"),
    "all fields": {name: name[:9] for name in FIELDS} | {"id": "c1", "email": None},
}


@pytest.fixture(params=TEXTS)
def sent(request):
    return TEXTS[request.param]


@pytest.fixture
def contact(sent):
    return pgai.Contact(json.dumps(sent).encode())


def test_it_is_a_mapping_of_what_was_sent(contact, sent):
    assert isinstance(contact, Mapping) and issubclass(pgai.Contact, Mapping)
    assert list(contact) == list(contact.keys()) == list(sent)
    assert list(contact.values()) == list(sent.values())
    assert list(contact.items()) == list(sent.items())
    assert len(contact) == len(sent) and bool(contact) == bool(sent)
    assert dict(contact) == {**contact} == dict(**contact) == sent
    assert list(dict(contact)) == list(sent)
    for name, value in sent.items():
        assert name in contact and contact[name] == contact.get(name, "?") == value
    assert json.dumps(dict(contact)) == json.dumps(sent)


def test_each_dict_is_a_new_one(contact, sent):
    contact.to_dict()["id"] = contact.to_dict()["more"] = "changed"
    assert contact.to_dict() == sent


NO_KEYS = ["company", "no such field", "", "\ud83d", "a\0b", 3, None, ("a", "b")]


@pytest.mark.parametrize("name", NO_KEYS)
def test_what_was_not_sent_is_no_key(contact, sent, name):
    if name in sent:
        contact = pgai.Contact(id="c1")
    assert name not in contact
    assert contact.get(name) is None and contact.get(name, "?") == "?"
    with pytest.raises(KeyError) as caught:
        contact[name]
    assert caught.value.args == (name,)


def test_a_field_that_was_not_sent_is_none_as_an_attribute_only():
    contact = pgai.Contact(id="c1")
    assert contact.phone is None and "phone" not in contact


def test_it_is_equal_to_a_dict(contact, sent):
    for kind in (dict, collections.OrderedDict):
        other = kind(sent)
        assert contact == other and other == contact and (contact != other) is False
    for other in ({**sent, "x": 0}, {**sent, "phone": None}, None, [], list(sent)):
        assert contact != other and other != contact
    with pytest.raises(TypeError):
        contact < sent  # noqa: B015


def test_wrong_arguments_of_get():
    contact = pgai.Contact(id="c1")
    for arguments in ((), ("id", 1, 2)):
        with pytest.raises(TypeError):
            contact.get(*arguments)


def test_it_matches_patterns_of_mappings(contact, sent):
    match contact:
        case {"id": str() as id, **rest}:
            assert rest == {name: sent[name] for name in sent if name != "id"}
            assert id == "c1"
        case {}:
            assert "id" not in sent
        case _:
            pytest.fail("no match")


def test_views_can_be_kept():
    keys, items = (lambda one: (one.keys(), one.items()))(pgai.Contact(id="c1"))
    assert keys & {"id", "email"} == {"id"} and ("id", "c1") in items


def test_what_stands_between_works_too(contact, sent):
    assert types.MappingProxyType(contact) == sent
    assert collections.ChainMap({}, contact) == sent
    assert {}.__or__(dict(contact)) == sent


def test_a_list_gives_mappings(pgai_sandbox, contacts):
    for fault in (None, "newer_shape", "wrong_types", "lone_surrogate"):
        if fault:
            pgai_sandbox.fault({"fault": fault})
        for contact in contacts.list(limit=3):
            assert dict(contact) == contact.to_dict() == {**contact}
            assert list(contact) == list(contact.to_dict())
