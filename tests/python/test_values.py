"""Which values of other types are taken, and what is said of those that are not."""

import datetime
import decimal
import enum
import fractions
import math
import os
import pathlib
import uuid

import pytest

import pgai


class Text(str):
    __slots__ = ()

    def __str__(self):
        return "another"

    __repr__ = __str__


class Old(str, enum.Enum):  # noqa: UP042
    SARAH = "Sarah"


class New(enum.StrEnum):
    SARAH = "Sarah"


class Plain(enum.Enum):
    SARAH = "Sarah"


class Two(enum.IntEnum):
    TWO = 2


class Index:
    def __index__(self):
        return 2


class BytesPath(os.PathLike):
    def __fspath__(self):
        return b"/nowhere"


LOOP = []
LOOP.append(LOOP)
DEEP = 1
for _ in range(70):
    DEEP = [DEEP]
NOW = datetime.datetime(2025, 1, 15)


@pytest.mark.parametrize("value", [Text("Sarah"), Old.SARAH, New.SARAH], ids=type)
def test_types_derived_from_str_are_taken_as_their_text(sent, contacts, value):
    made = sent(first_name=value, extra={"a": value, "b": [value], value: 1})
    assert made["first_name"] == made["a"] == made["b"][0] == "Sarah"
    assert made["Sarah"] == 1
    by_hand = pgai.Contact(first_name=value, extra={"a": [value]})
    assert by_hand == pgai.Contact(first_name="Sarah", extra={"a": ["Sarah"]})
    with pytest.raises(pgai.NotFoundError):
        contacts.get(value)


@pytest.mark.parametrize("value", [2, Two.TWO, Index()], ids=repr)
def test_whole_numbers_are_those_of_any_type(contacts, value):
    assert contacts.list(page=value, limit=value).page == 2
    contacts.with_options(max_attempts=value)


@pytest.mark.parametrize(
    "value",
    [5, 5.5, Two.TWO, decimal.Decimal("5.5"), fractions.Fraction(11, 2), math.inf, None],
    ids=repr,
)
def test_seconds_are_numbers_of_any_type(contacts, value):
    assert contacts.list(timeout=value, deadline=value)
    contacts.with_options(connect_timeout=value, max_wait=value)


class Never:
    """Differs from itself, as NaN does."""

    def __eq__(self, other):
        return False

    __hash__ = None


@pytest.mark.parametrize("value", [math.nan, decimal.Decimal("NaN"), Never()], ids=repr)
def test_what_differs_from_itself_is_no_value(sent, value):
    assert sent(first_name="Sarah", email=value) == sent(first_name="Sarah")


TYPES = [
    ("create", {"phone": 5551234}, "phone must be str, not int"),
    ("create", {"phone": 5551234.0}, "phone must be str, not float"),
    ("create", {"phone": True}, "phone must be str, not bool"),
    ("create", {"email": b"a"}, "email must be str, not bytes; decode it first"),
    (
        "create",
        {"company": Plain.SARAH},
        "company must be str, not test_values.Plain",
    ),
    ("create", {"location": [math.nan]}, "location must be str, not list"),
    (
        "create",
        {"job_title": NOW},
        "job_title must be str, not datetime.datetime; give its isoformat()",
    ),
    ("create", {"extra": math.nan}, "extra must be dict, not float"),
    ("create", {"extra": {1: "a"}}, "a name in extra must be str, not int"),
    (
        "create",
        {"extra": {"a": {b"b": 1}}},
        "a name in extra['a'] must be str, not bytes; decode it first",
    ),
    (
        "create",
        {"extra": {"when": NOW}},
        "extra['when'] is a datetime.datetime, which JSON does not have; "
        "give its isoformat()",
    ),
    (
        "create",
        {"extra": {"a": [1, {"price": decimal.Decimal("1.10")}]}},
        "extra['a'][1]['price'] is a decimal.Decimal, which JSON does not have; "
        "give str() of it",
    ),
    (
        "create",
        {"extra": {"a": b"x"}},
        "extra['a'] is a bytes, which JSON does not have; decode it first",
    ),
    ("create", {"extra": {"a": {1}}}, "extra['a'] is a set, which JSON does not have"),
    (
        "get",
        {"id": uuid.UUID(int=1)},
        "id must be str, not uuid.UUID; give str() of it",
    ),
    ("list", {"page": True}, "page must be int, not bool"),
    ("list", {"page": math.nan}, "page must be int, not float"),
    ("list", {"timeout": True}, "timeout must be a number of seconds or None, not bool"),
    (
        "list",
        {"timeout": datetime.timedelta(seconds=5)},
        "timeout must be a number of seconds or None, not datetime.timedelta; "
        "give its total_seconds()",
    ),
    (
        "with_options",
        {"ca": b"/nowhere"},
        "ca must be str or a path, not bytes; decode it first",
    ),
    (
        "with_options",
        {"ca": BytesPath()},
        "ca must be str or a path, not bytes; decode it first",
    ),
    ("with_options", {"ca": 3}, "ca must be str or a path, not int"),
]

NOT_IN_JSON = "which JSON does not have; leave it out, or use None for null"
VALUES = [
    ("create", {"extra": {"a": math.nan}}, f"extra['a'] is nan, {NOT_IN_JSON}"),
    ("create", {"extra": {"a": [-math.inf]}}, f"extra['a'][0] is -inf, {NOT_IN_JSON}"),
    (
        "create",
        {"extra": {"a": decimal.Decimal("NaN")}},
        f"extra['a'] is NaN, {NOT_IN_JSON}",
    ),
    (
        "create",
        {"extra": {"a": ["\ud800"]}},
        "extra['a'][0] contains a lone surrogate, which is not a character",
    ),
    (
        "create",
        {"extra": {"\udfff": 1}},
        "a name in extra contains a lone surrogate, which is not a character",
    ),
    ("create", {"extra": {"a": LOOP}}, "extra['a'][0] contains itself"),
    (
        "create",
        {"extra": {"a": DEEP}},
        f"extra['a']{'[0]' * 63} is nested too deeply",
    ),
    (
        "list",
        {"timeout": math.nan},
        "timeout must be more than 0 seconds; None means no end",
    ),
    ("list", {"timeout": decimal.Decimal("sNaN")}, "timeout is out of range"),
]


@pytest.mark.parametrize(("name", "arguments", "said"), TYPES)
def test_a_type_that_is_refused(pgai_sandbox, contacts, name, arguments, said):
    with pytest.raises(TypeError) as caught:
        getattr(contacts, name)(**arguments)
    assert str(caught.value) == said
    assert pgai_sandbox.log()["counts"]["requests"] == 0


@pytest.mark.parametrize(("name", "arguments", "said"), VALUES)
def test_a_value_that_is_refused(pgai_sandbox, contacts, name, arguments, said):
    with pytest.raises(pgai.UsageError) as caught:
        getattr(contacts, name)(**arguments)
    assert str(caught.value) == said
    assert pgai_sandbox.log()["counts"]["requests"] == 0


def test_digits_without_end(contacts):
    with pytest.raises(pgai.UsageError, match=r"^extra\['a'\] cannot be encoded: "):
        contacts.create(extra={"a": 10**5000})


def test_a_contact_made_by_hand_names_its_field():
    with pytest.raises(pgai.UsageError, match=r"^email is nan, which JSON does not have"):
        pgai.Contact(email=math.nan)
    with pytest.raises(TypeError, match=r"^phone\[0\] is a set, which"):
        pgai.Contact(phone=[{1}])


def test_what_extra_may_hold(sent):
    extra = {"a": None, "b": [True, 1, 1.5, "x"], "c": {"d": (), "e": {}}, "f": Two.TWO}
    made = sent(first_name="Sarah", extra=extra)
    assert {name: made[name] for name in extra} == {
        **extra,
        "c": {"d": [], "e": {}},
        "f": 2,
    }


def test_a_value_that_cannot_be_compared_tells_its_own_error(contacts):
    class Broken:
        def __ne__(self, other):
            raise MemoryError("mine")

    with pytest.raises(MemoryError, match="mine"):
        contacts.create(email=Broken())


@pytest.mark.parametrize("form", [str, Text, pathlib.Path])
def test_certificates_are_named_by_paths_of_any_type(contacts, tmp_path, form):
    with pytest.raises(pgai.UsageError, match="no certificate file or directory"):
        contacts.with_options(ca=form(str(tmp_path / "none.pem")))


def test_no_value_of_an_option_stands_in_a_frame(contacts):
    secret = b"http://me:canary_key_1@proxy.invalid"
    with pytest.raises(TypeError) as caught:
        contacts.with_options(proxy=secret)
    traceback = caught.value.__traceback__.tb_next
    assert traceback
    while traceback:
        assert "canary_key_1" not in repr(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next
