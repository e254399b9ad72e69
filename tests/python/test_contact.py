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


def test_equality_is_that_of_what_was_sent():
    escaped = pgai.Contact(b'{ "email": null, "first_name": "\\u0053arah", "id": "c1" }')
    plain = pgai.Contact(b'{"id":"c1","first_name":"Sarah","email":null}')
    assert escaped == plain and hash(escaped) == hash(plain)
    assert (escaped != plain) is False
    for other in (
        b'{"id":"c1","first_name":"Sarah"}',
        b'{"id":"c1","first_name":"Sarah","email":""}',
        b'{"id":"c1","first_name":"Sarah","email":null,"x":1}',
        b'{"id":"c1","first_name":"\\u0073arah","email":null}',
    ):
        assert pgai.Contact(other) != plain and pgai.Contact(other) != escaped


@pytest.mark.parametrize("pad", [0, 65_000, 65_500, 70_000])
def test_text_is_read_wherever_it_lies(pad):
    """Places in a contact are of 16 bits, and what had an escape lies behind the rest."""
    sent = {
        "x": "y" * pad,
        "id": "c1",
        "first_name": 'Zoë "é" 🌱 漢',
        "last_name": "",
        "email": None,
        "company": "漢" * 300,
        "location": "\0\n",
        "phone": [1, "a"],
        "updated_at": "x" * 400,
    }
    for escape in (True, False):
        text = json.dumps(sent, ensure_ascii=escape)
        contact = pgai.Contact(text.encode())
        assert contact.raw == text and contact.to_dict() == contact == sent
        for name in pgai.Contact.__match_args__:
            assert getattr(contact, name) == sent.get(name)
            assert contact.has(name) == (name in sent)
        assert pickle.loads(pickle.dumps(contact)) == contact


def test_all_characters_are_read():
    for first in range(0, 0x110000, 97):
        text = "".join(
            chr(each)
            for each in range(first, min(first + 97, 0x110000))
            if not 0xD800 <= each < 0xE000
        )
        contact = pgai.Contact(first_name=text)
        assert contact.first_name == text


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


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"x":1}',
        '{"data": {"id":"c1"}}',
        '{ "id" : "c1" }',
        '{"email":"b","id":"c1"}',
        '{"id":"a","id":"b","phone":"\\u0041\\/","updated_at":[1.50],"tested_new":"new"}',
    ],
)
def test_it_is_pickled_as_its_text(text):
    contact = pgai.Contact(text.encode())
    assert contact.raw == text and contact.to_dict() == json.loads(text)
    again = pickle.loads(pickle.dumps(contact))
    assert again == contact and hash(again) == hash(contact) and again.raw == text


@pytest.mark.parametrize(
    "text", [b"", b"[]", b'{"id":"c1"} ,', b'{"id":"\xff"}', b"[" * 99, b'{"a\\u0000":1}']
)
def test_a_pickle_of_something_else_is_refused(text):
    with pytest.raises(pgai.UsageError, match=r"^the text is not a contact: it is "):
        pgai.Contact(text)


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
    contact = pgai.Contact(f'{{"x": {text}}}'.encode())
    assert contact.extra == contact.to_dict() == {"x": value}
    again = pickle.loads(pickle.dumps(contact))
    assert again == contact and hash(again) == hash(contact) and again.raw == contact.raw
    assert json.dumps(contact.to_dict(), allow_nan=False)


def test_fewer_digits_where_python_takes_fewer(run_python):
    script = """
        import pgai
        contact = pgai.Contact(b'{"x": %s}' % (b"9" * 641))
        assert contact.extra["x"] == "9" * 641
    """
    run_python(script, options=("-X", "int_max_str_digits=640"))


def test_a_name_that_is_no_text_is_none_of_its_fields(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "lone_surrogate"})
    contact = contacts.list(limit=1)[0]
    for name in ("\ud83d", "first_name\ud83d", "a\0b", ""):
        assert not contact.has(name)
