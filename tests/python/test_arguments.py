"""What bad input gets, and that nothing is sent then."""

import math
import re

import pytest
from conftest import ROOT

import pgai
from pgai._arguments import _SYNONYMS


@pytest.fixture(autouse=True)
def nothing_is_sent(pgai_sandbox):
    yield
    assert pgai_sandbox.log()["counts"]["requests"] == 0


WRONG_TYPES = [
    ("list", {"page": "1"}, "page", "str"),
    ("list", {"page": 1.0}, "page", "float"),
    ("list", {"limit": [1]}, "limit", "list"),
    ("list", {"timeout": "soon"}, "timeout", "str"),
    ("list", {"deadline": b"1"}, "deadline", "bytes"),
    ("get", {"id": None}, "id", "NoneType"),
    ("get", {"id": b"c1"}, "id", "bytes"),
    ("get", {"id": 7}, "id", "int"),
    ("create", {"first_name": 7}, "first_name", "int"),
    ("create", {"email": b"a@example.com"}, "email", "bytes"),
    ("create", {"extra": ["a"]}, "extra", "list"),
    ("pages", {"start": "1"}, "start", "str"),
    ("pages", {"cursor": 3}, "cursor", "int"),
    ("each", {"limit": "50"}, "limit", "str"),
    ("each", {"deadline": "1"}, "deadline", "str"),
    ("with_options", {"pace": 1}, "pace", "int"),
    ("with_options", {"pace": None}, "pace", "NoneType"),
    ("with_options", {"allow_cleartext": 1}, "allow_cleartext", "int"),
    ("with_options", {"share": "1/8"}, "share", "str"),
    ("with_options", {"share": True}, "share", "bool"),
    ("with_options", {"share": None}, "share", "NoneType"),
]

WRONG_VALUES = [
    ("list", {"page": 0}, "page"),
    ("list", {"page": -1}, "page"),
    ("list", {"limit": 0}, "limit"),
    ("list", {"page": 2**63}, "page"),
    ("list", {"limit": -(2**200)}, "limit"),
    ("list", {"timeout": 0}, "timeout"),
    ("list", {"timeout": -1.5}, "timeout"),
    ("list", {"timeout": math.nan}, "timeout"),
    ("list", {"deadline": 0}, "deadline"),
    ("get", {"id": ""}, "id"),
    ("get", {"id": "."}, "id"),
    ("get", {"id": ".."}, "id"),
    ("get", {"id": "a\0b"}, "id"),
    ("get", {"id": "a\nb"}, "id"),
    ("get", {"id": "\ud800"}, "id"),
    ("get", {"id": "x" * 257}, "id"),
    ("create", {"first_name": "\udfff"}, "first_name"),
    ("create", {"first_name": "a\0b"}, "first_name"),
    ("create", {"first_name": "x", "extra": {"first_name": "y"}}, "first_name"),
    ("create", {"extra": {"a": math.nan}}, "extra"),
    ("create", {"extra": {"a": "\ud800"}}, "extra"),
    ("pages", {"start": 0}, "start"),
    ("pages", {"deadline": 0}, "deadline"),
    ("pages", {"cursor": "nonsense"}, "cursor"),
    ("pages", {"cursor": ""}, "cursor"),
    ("pages", {"cursor": "a\0b"}, "cursor"),
    ("pages", {"limit": 1, "per_page": 1}, "per_page"),
    ("each", {"cursor": "pgai1:\ud800"}, "cursor"),
    ("with_options", {"pace": "no"}, "pace"),
    ("with_options", {"pace": ""}, "pace"),
    ("with_options", {"share": 0}, "share"),
    ("with_options", {"share": 2}, "share"),
    ("with_options", {"share": -0.5}, "share"),
    ("with_options", {"share": math.nan}, "share"),
    ("with_options", {"share": math.inf}, "share"),
    ("with_options", {"share": 10**400}, "share"),
]


class Unready:
    """A number whose conversion fails for a reason of its own."""

    def __init__(self, error):
        self.error = error

    def __float__(self):
        raise self.error


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt(), OSError()])
def test_what_a_conversion_raises_is_not_swallowed(contacts, error):
    with pytest.raises(type(error)) as caught:
        contacts.list(timeout=Unready(error))
    assert caught.value is error


def call(contacts, name, arguments):
    result = getattr(contacts, name)(**arguments)
    if name in ("pages", "each"):
        next(result)


@pytest.mark.parametrize(("name", "arguments", "argument", "got"), WRONG_TYPES)
def test_a_wrong_type_names_the_argument_and_what_it_got(
    contacts, name, arguments, argument, got
):
    with pytest.raises(TypeError, match=rf"{argument}.*{got}"):
        call(contacts, name, arguments)


@pytest.mark.parametrize(("name", "arguments", "argument"), WRONG_VALUES)
def test_a_wrong_value_is_a_usage_error(contacts, name, arguments, argument):
    with pytest.raises(pgai.UsageError, match=argument):
        call(contacts, name, arguments)


def test_extra_that_json_does_not_know(contacts):
    with pytest.raises(TypeError):
        contacts.create(extra={"a": object()})
    with pytest.raises(TypeError):
        contacts.create(extra={"a": {1, 2}})
    loop = {}
    loop["loop"] = loop
    with pytest.raises(ValueError):
        contacts.create(extra=loop)


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("list", "pgae", "page"),
        ("list", "limt", "limit"),
        ("create", "firstname", "first_name"),
        ("create", "e_mail", "email"),
        ("pages", "curser", "cursor"),
        ("each", "starts", "start"),
    ],
)
def test_an_unknown_keyword_comes_with_a_suggestion(contacts, name, wrong, right):
    with pytest.raises(TypeError, match=rf"{wrong}.*{right}"):
        getattr(contacts, name)(**{wrong: "x"})


# What other libraries call it, and letters that are close.
HINTS = [
    ("each", "page", "start"),
    ("each", "offset", "start"),
    ("pages", "from", "start"),
    ("pages", "page_size", "limit"),
    ("each", "size", "limit"),
    ("each", "after", "cursor"),
    ("list", "page_size", "limit"),
    ("list", "pageSize", "limit"),
    ("list", "count", "limit"),
    ("list", "start", "page"),
    ("list", "page_number", "page"),
    ("list", "request_timeout", "timeout"),
    ("list", "connect_timeout", None),
    ("list", "max_attempts", None),
    ("list", "sort", None),
    ("get", "ident", None),
    ("get", "api_key", None),
    ("pages", "timeout", None),
    ("create", "timout", "timeout"),
    ("create", "name", "extra"),
    ("create", "country", "extra"),
    ("create", "api_key", None),
    ("with_options", "retries", "max_attempts"),
    ("with_options", "token", "api_key"),
    ("with_options", "url", "base_url"),
    ("with_options", "cacert", "ca"),
    ("with_options", "max_atempts", "max_attempts"),
    ("with_options", "verify", None),
]


@pytest.mark.parametrize(("function", "wrong", "right"), HINTS)
def test_a_suggestion_is_right_or_absent(contacts, function, wrong, right):
    with pytest.raises(TypeError) as caught:
        getattr(contacts, function)(**{wrong: 1})
    said = str(caught.value)
    start = f"{function}() got an unexpected keyword argument {wrong!r}"
    if right is None:
        assert said == start
    elif right == "extra":
        assert said == f"{start}; other fields go into 'extra'"
    else:
        assert said.startswith(f"{start}; did you mean {right!r}")


def test_lua_knows_the_same_names_of_other_libraries():
    text = (ROOT / "lua/pgai/options.lua").read_text("utf-8")
    table = re.search(r"^local synonyms = {$(.*?)^}$", text, re.M | re.S)[1]
    assert {
        right: tuple(re.findall(r'"(\w+)"', others))
        for right, others in re.findall(r"^    (\w+) = set\((.*)\),$", table, re.M)
    } == _SYNONYMS


class Team(pgai.Contacts):
    pass


@pytest.mark.parametrize("client", [pgai.Contacts, pgai.AsyncContacts, Team])
def test_a_wrong_option_is_that_of_the_class_that_was_called(client):
    with pytest.raises(TypeError, match=rf"^{client.__name__}\(\).*time_out.*'timeout'"):
        client("key", time_out=3)
    with pytest.raises(TypeError, match=rf"^{client.__name__}\(\) takes"):
        client("key", "http://127.0.0.1:1/v1")


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": ""},
        {"api_key": "not a key"},
        {"api_key": "a\r\nX: 1"},
        {"api_key": "é"},
        {"api_key": "\ud800"},
        {"api_key": "x" * 513},
        {"base_url": "ftp://127.0.0.1/v1"},
        {"base_url": "http://example.com/v1"},
        {"base_url": "\ud800"},
        {"timeout": 0},
        {"timeout": math.nan},
        {"max_attempts": -1},
        {"max_attempts": 2**40},
        {"user_agent": "a\nb"},
        {"ca": "/no/such/file"},
    ],
)
def test_options_that_cannot_be_used(options):
    with pytest.raises(pgai.UsageError) as caught:
        pgai.Contacts(**({"api_key": "key"} | options))
    key = options.get("api_key")
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("api_key", 3),
        ("base_url", b"x"),
        ("timeout", "1"),
        ("max_attempts", 1.5),
        ("ca", 3),
    ],
)
def test_options_of_the_wrong_type(option, value):
    with pytest.raises(TypeError, match=rf"{option}.*{type(value).__name__}"):
        pgai.Contacts(**({"api_key": "key"} | {option: value}))


def test_nothing_is_sent_by_making_a_client_or_a_walk(contacts):
    contacts.pages()
    contacts.each()
    iter(contacts)
