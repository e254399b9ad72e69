"""Values are what the stubs say of them, also those of responses that are odd."""

import ast
import datetime
import http.server
import itertools
import json
import re
import threading
import types
import typing

import pytest
from conftest import ROOT

import pgai
from pgai import testing

FIELDS = pgai.Contact.__match_args__
TEXT = ["Sarah", "", "2025-01-15T10:30:00Z", "yesterday", "2025-13-01", "\0"]
OTHERS = [True, False, 0, -7, 2**63, 1.5, [], ["a"], {}, {"a": None}, [[{}]]]
TIMES = {"Z": 0, "": 0, "+02:00": 7200, "-0530": -19800}
ABSENT = ...
STATUSES = [302, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503]
NAMES = vars(typing) | {"datetime": datetime} | vars(pgai)


def stub_classes():
    """The classes of the stubs, by their names."""
    for stub in ("_pgai.pyi", "_errors.pyi"):
        tree = ast.parse((ROOT / "python/pgai" / stub).read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and hasattr(pgai, node.name):
                yield node.name, node


def annotations_in(node):
    """What a stub says of a class's attributes, and of its methods without arguments."""
    for item in node.body:
        if isinstance(item, ast.AnnAssign):
            yield item.target.id, False, ast.unparse(item.annotation)
        elif isinstance(item, ast.FunctionDef):
            marks = [ast.unparse(mark) for mark in item.decorator_list]
            if "property" in marks:
                yield item.name, False, ast.unparse(item.returns)
            elif not marks and len(item.args.posonlyargs + item.args.args) == 1:
                yield item.name, True, ast.unparse(item.returns)


STUBS = {name: list(annotations_in(node)) for name, node in stub_classes()}
ERRORS = [name for name in STUBS if issubclass(getattr(pgai, name), pgai.Error)]


def fits(value, annotation):
    if annotation in (typing.Any, object):
        return True
    if annotation is None:
        return value is None
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.ClassVar:
        return fits(value, *arguments)
    if origin is dict:
        return type(value) is dict and all(
            fits(key, arguments[0]) and fits(item, arguments[1])
            for key, item in value.items()
        )
    if origin is list:
        return type(value) is list and all(fits(item, *arguments) for item in value)
    if origin is tuple:
        return type(value) is tuple and all(fits(item, arguments[0]) for item in value)
    if origin is typing.NotRequired:
        return fits(value, *arguments)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, one) for one in arguments)
    if typing.is_typeddict(annotation):
        known = typing.get_type_hints(annotation, include_extras=True)
        return value.keys() <= known.keys() and all(
            fits(value[name], one)
            if name in value
            else typing.get_origin(one) is typing.NotRequired
            for name, one in known.items()
        )
    if not isinstance(annotation, type):  # Such as Iterator[Contact].
        return isinstance(value, origin or annotation)
    return type(value) is annotation


def check(value):
    """An object is what the stubs say of its class and of those it is derived from."""
    own = NAMES | {"Self": type(value)}
    said = [line for base in type(value).__mro__ for line in STUBS.get(base.__name__, [])]
    assert said
    for name, is_method, source in said:
        if name in ("__new__", "__init__", "__next__"):
            continue
        found = getattr(value, name)
        found = found() if is_method else found
        # That is how an operator says that it has no answer: no stub counts it.
        assert found is NotImplemented or fits(found, eval(source, own)), (
            name,
            source,
            found,
        )


@pytest.fixture(scope="module")
def service():
    """A service that answers with what `respond` says, and a client of it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # Each response in one piece, which nothing delays.

        def do_GET(self):
            status, headers, body = respond.said
            self.send_response(status)
            data = json.dumps(body).encode()
            for name, value in {**headers, "Content-Length": len(data)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    def respond(body, status=200, **headers):
        respond.said = status, headers, body
        return respond.client

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    with pgai.Contacts(
        "key", base_url=url, proxy="", max_attempts=1, pace=False
    ) as client:
        respond.client = client
        yield respond
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("value", [ABSENT, None, *TEXT, *OTHERS], ids=repr)
def test_a_field(service, value):
    """It is text, or None, or else the value itself; and times are None where none is."""
    sent = [{} if value is ABSENT else {name: value} for name in FIELDS]
    page = service({"data": sent, "pagination": {}}).list()
    for name, contact in zip(FIELDS, page, strict=True):
        check(contact)
        for other in FIELDS:
            expected = None if value is ABSENT or other != name else value
            assert getattr(contact, other) == expected
            assert type(getattr(contact, other)) is type(expected)
        assert contact.to_dict() == ({} if value is ABSENT else {name: value})
    check(page)


@pytest.mark.parametrize("value", [None, *TEXT, *OTHERS], ids=repr)
def test_a_field_of_a_contact_made_by_hand(value):
    for name in FIELDS:
        contact = pgai.Contact(**{name: value}, extra={"score": value})
        check(contact)
        assert getattr(contact, name) == value
        assert contact.extra == {"score": value}


@pytest.mark.parametrize("zone", TIMES)
def test_a_time_is_aware(zone):
    contact = pgai.Contact(created_at=f"2025-01-15T10:30:00{zone}")
    assert contact.created.utcoffset() == datetime.timedelta(seconds=TIMES[zone])
    assert contact.created.replace(tzinfo=None) == datetime.datetime(2025, 1, 15, 10, 30)


@pytest.mark.parametrize("value", [*TEXT[3:], "", "2025-01-15T10:30:99Z", *OTHERS, None])
def test_what_is_no_time_is_none_and_stays_in_its_field(value):
    contact = pgai.Contact(created_at=value, updated_at=value)
    assert contact.created is contact.updated is None
    assert contact.created_at == contact.updated_at == value


@pytest.mark.parametrize("value", [ABSENT, None, *TEXT, *OTHERS], ids=repr)
def test_the_numbers_of_a_page(service, value):
    for name in ("page", "limit", "total"):
        pagination = {} if value is ABSENT else {name: value}
        try:
            page = service({"data": [], "pagination": pagination}).list()
        except pgai.Error as error:
            check(error)
        else:
            check(page)


def test_a_record_is_the_tuple_of_its_fields():
    records = 0
    for name, node in stub_classes():
        bases = [ast.unparse(base) for base in node.bases]
        for base in bases:
            if base.startswith("tuple["):
                fields = {field: said for field, _, said in STUBS[name]}
                said = [fields[field] for field in getattr(pgai, name).__match_args__]
                expected = re.sub(r"Literal\[[^]]*\]", "str", ", ".join(said))
                assert base == f"tuple[{expected}]", name
                records += 1
    assert records >= 3


def test_walks(contacts):
    for walk in (contacts.pages(), contacts.each(limit=3)):
        check(walk)
        check(walk.stats)
        for _ in itertools.islice(walk, 4):
            check(walk)
            check(walk.stats)
    full = contacts.pages()
    assert full.stats.complete is False and next(full) and list(full)
    check(full.stats)


@pytest.mark.parametrize("known", [(), ("Limit",), ("Limit", "Remaining", "Reset")])
def test_a_rate_limit(service, known):
    headers = {f"X-RateLimit-{name}": "60" for name in known}
    service({"data": [], "pagination": {}}, **headers).list()
    assert not known or check(service.client.rate_limit) is None


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_made_by_hand(name):
    check(getattr(pgai, name)())
    check(getattr(pgai, name)("no", status=400, details={"a": [1]}, retry_after=1.5))


@pytest.mark.parametrize("details", [ABSENT, None, *TEXT, *OTHERS], ids=repr)
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_of_the_service(service, status, details):
    said = {"code": "no", "message": "no"} | (
        {} if details is ABSENT else {"details": details, "request_id": details}
    )
    for body in (said, {"error": said}, {"error": details if details != ABSENT else ""}):
        client = service(body, status, **{"Retry-After": "3600"}).with_options(max_wait=1)
        with pytest.raises(pgai.Error) as caught:
            client.get("c1")
        check(caught.value)
        with pytest.raises(pgai.Error) as caught:
            list(client)
        check(caught.value)
        assert caught.value.cursor


def test_the_sandbox(pgai_sandbox, contacts):
    contacts.list()
    contacts.create(first_name="Sarah", extra={"score": 7, "tags": ["a"], "vip": None})
    log = pgai_sandbox.log()
    assert fits(log, testing.Log), log
    assert type(contacts) is pgai.Contacts
    assert type(pgai_sandbox.url) is type(pgai_sandbox.api_key) is str


def test_each_class_of_the_package_is_in_a_stub():
    assert {name for name in pgai.__all__ if isinstance(getattr(pgai, name), type)} == {
        *STUBS,
        "AsyncBatchIterator",
        "AsyncContactIterator",
        "AsyncContacts",
        "AsyncGetManyIterator",
        "AsyncPageIterator",
        "Contacts",
    }
