"""Requests to any endpoint, over each transport inside nginx."""

import contextlib

import pytest
from conftest import client, location, say
from peer import ONE_CONTACT, Peer, response
from test_resty_http import LIBRARY

# A HEAD has no body, whatever it announces.
ANNOUNCED = b"HTTP/1.1 200 OK\r\nContent-Length: 120\r\nX-Total: 12\r\n\r\n"
ASK = """
    local args = ngx.req.get_uri_args()
    local ok, got = pcall(contacts.request, contacts, {
        method = args.method, path = "/territories",
        json = args.json and { name = args.json } or nil,
    })
    local total = ok and got.headers["x-total"] or "-"
    ngx.say(ok and got.status or got.kind, " ", total, " ", tostring(got.text))
"""


@pytest.fixture
def peer():
    with contextlib.ExitStack() as stack:
        yield lambda play: stack.enter_context(contextlib.closing(Peer(play)))


@pytest.fixture(params=["cosocket", "resty_http"])
def ask(request, start):
    """Start an nginx that sends a request for each that it gets."""

    def start_with(url):
        transport = f'"{request.param}"'
        code = client(url, transport=transport, max_attempts="1", timeout="5") + ASK
        return start(server=location("/", code), lua_path=f"{LIBRARY}/?.lua;")

    return start_with


def test_a_head_has_no_body_and_keeps_its_connection(ask, peer):
    def play(connection, number):
        while served.take(connection):
            is_head = served.requests[-1].startswith("HEAD /v1/territories ")
            connection.sendall(ANNOUNCED if is_head else response())

    served = peer(play)
    nginx = ask(served.url)
    for _ in range(3):
        assert say(nginx, "/?method=HEAD") == "200 12 nil"
        assert say(nginx, "/?method=GET") == f"200 - {ONE_CONTACT.decode()}"
    assert served.connections == 1
    assert len(served.requests) == 6


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_changes_something_has_a_connection_of_its_own(ask, peer, method):
    def play(connection, number):
        while served.take(connection):
            connection.sendall(response())

    served = peer(play)
    nginx = ask(served.url)
    said = f"200 - {ONE_CONTACT.decode()}"
    assert say(nginx, f"/?method={method}") == said
    assert say(nginx, f"/?method={method}&json=North") == said
    assert served.connections == 2
    assert served.bodies == [b"", b'{"name":"North"}']
    without, with_body = (head.lower().split("\r\n") for head in served.requests)
    assert without[0] == with_body[0] == f"{method} /v1/territories http/1.1".lower()
    lengths = [line for line in without if line.startswith("content-")]
    assert lengths == ([] if method == "DELETE" else ["content-length: 0"])
    assert sorted(line for line in with_body if line.startswith("content-")) == [
        "content-length: 16",
        "content-type: application/json",
    ]
    assert not any("transfer-encoding" in line for line in without + with_body)


def test_a_request_that_may_have_been_carried_out_is_not_sent_again(ask, peer):
    def play(connection, number):
        served.take(connection)
        connection.sendall(response()[:-1])

    served = peer(play)
    nginx = ask(served.url)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert say(nginx, f"/?method={method}").startswith("outcome_unknown - ")
    assert len(served.requests) == 4


def test_a_request_goes_past_the_cache(start, peer):
    def play(connection, number):
        served.take(connection)
        connection.sendall(response(headers=["Connection: close"]))

    served = peer(play)
    cache = 'require("pgai.cache").shared("kept")'
    code = """
        for _ = 1, 2 do
            contacts:get("c1")
            contacts:request{ path = "/contacts/c1" }
        end
        contacts:request{ method = "DELETE", path = "/contacts/c1" }
        contacts:get("c1")
        ngx.say("good")
    """
    nginx = start(
        http="lua_shared_dict kept 1m;",
        server=location("/", client(served.url, cache=cache) + code),
    )
    assert say(nginx) == "good"
    assert [head.split(" ")[0] for head in served.requests] == ["GET"] * 3 + ["DELETE"]


def test_a_request_is_not_begun_where_nothing_can_wait(start):
    code = (
        client("http://127.0.0.1:1/v1")
        + """
        local ok, err = pcall(contacts.request, contacts, { path = "/territories" })
        ngx.shared.said:set("said", ok or err.kind)
        """
    )
    nginx = start(
        http=f"lua_shared_dict said 1m; init_worker_by_lua_block {{ {code} }}",
        server=location("/", 'ngx.say(tostring(ngx.shared.said:get("said")))'),
    )
    assert say(nginx) == "not_yieldable"
