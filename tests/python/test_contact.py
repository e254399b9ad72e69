"""Contacts as values."""

import copy
import datetime
import gc
import json
import pickle

import pytest

import pgai


@pytest.fixture
def sarah():
    return pgai.Contact(
        id="c1",
        first_name="Sarah",
        last_name=None,
        email="sarah@example.com",
        created_at="2025-01-15T10:30:00Z",
        extra={"score": 7, "tags": ["a", "b"]},
    )


def test_absent_and_null_are_told_apart(sarah):
    assert sarah.last_name is None and sarah.has("last_name")
    assert sarah.company is None and not sarah.has("company")
    assert sarah.has("score") and not sarah.has("no such field")


def test_what_it_holds(sarah):
    assert sarah.extra == {"score": 7, "tags": ["a", "b"]}
    assert sarah.to_dict() == {
        "id": "c1",
        "first_name": "Sarah",
        "last_name": None,
        "email": "sarah@example.com",
        "created_at": "2025-01-15T10:30:00Z",
        "score": 7,
        "tags": ["a", "b"],
    }
    assert sarah.created == datetime.datetime(2025, 1, 15, 10, 30, tzinfo=datetime.UTC)
    assert sarah.updated is None


def test_extra_is_a_copy(sarah):
    sarah.extra["score"] = 8
    sarah.extra["tags"].append("c")
    assert sarah.extra == {"score": 7, "tags": ["a", "b"]}


def test_equal_contacts_are_one_in_a_set(sarah):
    fields = sarah.to_dict()
    extra = {name: fields.pop(name) for name in sarah.extra}
    same = pgai.Contact(**fields, extra=extra)
    assert same == sarah and hash(same) == hash(sarah) and len({same, sarah}) == 1
    assert sarah != pgai.Contact(id="c2")
    assert pgai.Contact(id="c1") != pgai.Contact(id="c1", email=None)
    assert sarah != "c1"
    with pytest.raises(TypeError):
        sarah < same  # noqa: B015


def test_it_cannot_be_changed(sarah):
    for name in ("id", "first_name", "nick_name"):
        with pytest.raises(AttributeError):
            setattr(sarah, name, "x")
        with pytest.raises(AttributeError):
            delattr(sarah, name)
    with pytest.raises(TypeError):
        pgai.Contact.id = "x"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_pickling(sarah, protocol):
    again = pickle.loads(pickle.dumps(sarah, protocol))
    assert again == sarah and again.to_dict() == sarah.to_dict()
    assert again.has("last_name") and not again.has("company")


def test_what_a_version_with_fewer_fields_pickled_is_read():
    ours = pgai.Contact(id="c1", first_name="Sarah", created_at="x", updated_at="y")
    # Its version took updated_at for one of the fields that are not documented.
    fields = ("c1", "Sarah", *[False] * 7, "x")
    text = '{"id":"c1","first_name":"Sarah","created_at":"x","updated_at":"y"}'
    assert pgai.Contact(fields, 0, text) == ours
    assert pgai.Contact(fields, 0, None).to_dict() == {
        "id": "c1",
        "first_name": "Sarah",
        "created_at": "x",
    }
    odd = pgai.Contact(fields, 0, '{"id":"c1","updated_at":[1.50],"rank":2}')
    assert odd.updated_at == [1.5]
    assert odd.extra == {"rank": 2}
    assert odd.raw == '{"id":"c1","updated_at":[1.50],"rank":2}'
    assert pgai.Contact(fields, 0, '{"id":"c1","updated_at":null}').has("updated_at")


def test_what_a_version_with_more_fields_pickled_is_read_or_refused():
    ours = len(pgai.Contact.__match_args__)
    fields = ("c1", *[False] * (ours - 1), "new")
    text = '{"id":"c1","tested_new":"new"}'
    newer = pgai.Contact(fields, 1 << ours, text)
    assert (newer.id, newer.extra, newer.raw) == ("c1", {"tested_new": "new"}, text)
    assert pgai.Contact((*fields[:ours], False), 0, None) == pgai.Contact(id="c1")
    with pytest.raises(pgai.UsageError, match="newer version of pgai"):
        pgai.Contact(fields, 0, None)


def test_copies_are_the_same(sarah):
    assert copy.copy(sarah) is sarah or copy.copy(sarah) == sarah
    assert copy.deepcopy(sarah) == sarah


def test_it_matches_patterns(sarah):
    match sarah:
        case pgai.Contact(first_name="Sarah", email=str() as email):
            assert email == "sarah@example.com"
        case _:
            pytest.fail("no match")


def test_its_repr_shows_no_personal_data(sarah):
    assert "c1" in repr(sarah)
    for text in ("Sarah", "sarah@example.com"):
        assert text not in repr(sarah) and text not in str(sarah)


def test_it_is_not_tracked_by_the_collector(contacts):
    assert not gc.is_tracked(contacts.list()[0])


def test_bad_arguments_of_the_constructor():
    for arguments in (
        {"first_name": "\ud800"},
        {"extra": {"id": "c1"}, "id": "c2"},
        {"extra": {"a": ["\ud800"]}},
        {"extra": {"\ud800": 1}},
        {"phone": ["\ud800"]},
    ):
        with pytest.raises(ValueError):
            pgai.Contact(**arguments)
    with pytest.raises(TypeError):
        pgai.Contact("c1")
    with pytest.raises(TypeError):
        pgai.Contact(extra=3)


@pytest.mark.parametrize(
    "fault",
    ["wrong_types", "huge_number", "big_integer", "newer_shape", "lone_surrogate"],
)
def test_odd_contacts_keep_all_that_was_sent(pgai_sandbox, contacts, fault):
    pgai_sandbox.fault({"fault": fault})
    contact = contacts.list(limit=1)[0]
    again = pickle.loads(pickle.dumps(contact))
    assert again == contact and hash(again) == hash(contact)
    assert again.raw == contact.raw and again.to_dict() == contact.to_dict()
    for name in pgai.Contact.__match_args__:
        assert getattr(again, name) == getattr(contact, name)


def test_big_integers_stay_exact(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "big_integer"})
    assert contacts.list(limit=1)[0].extra["score"] == 2**63


def test_numbers_that_python_has_none_for_are_their_text(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "huge_number"})
    contact = contacts.list(limit=1)[0]
    assert contact.extra["score"] == "1e400" and "1e400" in contact.raw
    assert json.dumps(contact.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9" * 4300, int("9" * 4300)),
        ("-" + "9" * 4300, -int("9" * 4300)),
        ("9" * 4301, "9" * 4301),
        ("-" + "9" * 4301, "-" + "9" * 4301),
        ("-0", 0),
        ("-0.0", -0.0),
        ("1e-400", "1e-400"),
        ("-0.00e-400", -0.0),
        ("0.0010E-400", "0.0010E-400"),
        ('"\\u0000"', "\0"),
        ('{"a": {"a\\ud83d": 1}}', {"a": {"a\ufffd": 1}}),
    ],
)
def test_values_that_json_has_and_python_may_not(text, value):
    absent = (False,) * len(pgai.Contact.__match_args__)
    contact = pgai.Contact(absent, 0, f'{{"x": {text}}}')
    assert contact.extra == contact.to_dict() == {"x": value}
    again = pickle.loads(pickle.dumps(contact))
    assert again == contact and hash(again) == hash(contact) and again.raw == contact.raw
    assert json.dumps(contact.to_dict(), allow_nan=False)


def test_fewer_digits_where_python_takes_fewer(run_python):
    script = """
        import pgai
        contact = pgai.Contact((False,) * 11, 0, '{"x": %s}' % ("9" * 641))
        assert contact.extra["x"] == "9" * 641
    """
    run_python(script, options=("-X", "int_max_str_digits=640"))


def test_a_name_that_is_no_text_is_none_of_its_fields(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "lone_surrogate"})
    contact = contacts.list(limit=1)[0]
    for name in ("\ud83d", "first_name\ud83d", "a\0b", ""):
        assert not contact.has(name)
