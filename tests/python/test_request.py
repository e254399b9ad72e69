"""Requests to any endpoint: what the rows of the conformance table cannot say."""

import contextlib
import enum
import functools
import socket

import pytest
from listener import listen

import pgai


class Region(enum.StrEnum):
    NORTH = "north"


def test_a_response_is_parsed(contacts):
    response = contacts.request("GET", "/contacts", query={"limit": 2, "page": 1})
    assert isinstance(response, pgai.Response)
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert len(response.json["data"]) == 2
    assert response.json["pagination"]["limit"] == 2
    assert response.text.startswith("{")
    assert response[0] == 200


def test_what_is_created_is_there(contacts):
    made = contacts.request(
        "POST", "/contacts", json={"first_name": "Ada", "x": [1, None]}
    )
    assert made.status == 201
    assert contacts.get(made.json["id"]).first_name == "Ada"


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ({"a": "é", "b": 1, "c": True, "d": 1.5}, "a=%C3%A9&b=1&c=true&d=1.5"),
        ({"id": ["1", 2], "x": ()}, "id=1&id=2"),
        ([("b", "2"), ("a", "1"), ("b", "3")], "b=2&a=1&b=3"),
        ({"region": Region.NORTH}, "region=north"),
        (iter([("a", "b")]), "a=b"),
        ({}, ""),
    ],
)
def test_queries(contacts, pgai_sandbox, query, sent):
    contacts.request("GET", "/contacts", query=query)
    assert pgai_sandbox.log()["requests"][-1]["target"].partition("?")[2] == sent


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (("GET", None), TypeError, "path must be str"),
        ((None, "/x"), TypeError, "method must be str"),
        ((b"GET", "/x"), TypeError, "method must be str, not bytes"),
        (("GET", "/x\0"), pgai.UsageError, "NUL"),
        (("GET", "/x", "a=b"), TypeError, "query must be dict, or pairs"),
        (("GET", "/x", {1: "a"}), TypeError, "a name in query must be str"),
        (
            ("GET", "/x", {"a": None}),
            pgai.UsageError,
            r"query\['a'\] is None; leave it out",
        ),
        (("GET", "/x", {"a": {}}), TypeError, r"query\['a'\] must be"),
        (("GET", "/x", {"a": object()}), TypeError, r"query\['a'\] must be str"),
        (("GET", "/x", [1, 2]), TypeError, "an item of query must be a pair .*, not int"),
        (("GET", "/x", ["ab"]), TypeError, "an item of query must be a pair .*, not str"),
        (("GET", "/x", {"a": float("nan")}), pgai.UsageError, "nan"),
        (("POST", "/x", None, {"a": object()}), TypeError, r"json\['a'\]"),
        (("POST", "/x", None, float("inf")), pgai.UsageError, "json is inf"),
        (("GET", "/x", None, {}), pgai.UsageError, "a GET has no body"),
    ],
)
def test_refusals(contacts, pgai_sandbox, arguments, kind, words):
    method, path, query, json = (*arguments, None, None)[:4]
    with pytest.raises(kind, match=words):
        contacts.request(method, path, query=query, json=json)
    assert not pgai_sandbox.log()["requests"]


def test_an_unknown_argument(contacts):
    with pytest.raises(TypeError, match="did you mean 'query'"):
        contacts.request("GET", "/x", params={"a": 1})
    with pytest.raises(TypeError, match="did you mean 'json'"):
        contacts.request("POST", "/x", data={"a": 1})


def test_a_response_without_a_body(service):
    client = service(b"HTTP/1.1 204 No Content\r\nX-One: 1\r\nx-one: 2\r\n\r\n")
    response = client.request("DELETE", "/territories/7")
    assert (response.status, response.json, response.text) == (204, None, None)
    assert response.headers == {"x-one": "1, 2"}


def test_headers_may_hold_any_byte(service):
    client = service(b"HTTP/1.1 204 No Content\r\nX-One: caf\xe9\r\n\r\n")
    assert client.request("GET", "/x").headers == {"x-one": "café"}


def test_a_head_announces_what_does_not_come(service):
    client = service(b"HTTP/1.1 200 OK\r\nContent-Length: 120\r\n\r\n")
    for _ in range(2):
        response = client.request("HEAD", "/territories")
        assert response.headers["content-length"] == "120"
        assert response.text is None


@pytest.fixture
def service():
    """Give a client of a server that answers each request with such bytes."""

    def serve(connection, response):
        with connection:
            while connection.recv(65536):
                connection.sendall(response)

    with contextlib.ExitStack() as stack:

        def start(response):
            listener = listen(functools.partial(serve, response=response))
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
            return stack.enter_context(
                pgai.Contacts("key", base_url=url, proxy="", max_attempts=1, timeout=5)
            )

        yield start
