"""Names of hosts inside nginx: looked up in time, or not at all; over both transports."""

import contextlib
import pathlib
import threading
import time
from urllib.parse import urlsplit

import pytest
from conftest import client, location, say
from name_server import NameServer
from peer import Peer, response

STUB = pathlib.Path(__file__).parent / "stub"
GET = """
    local ok, found = pcall(contacts.get, contacts, "c1", %s)
    ngx.say(ok and found.first_name or found.kind .. ": " .. found.message)
"""
ONCE = {"max_attempts": "1", "allow_cleartext": "true", "api_key": '"any_key"'}


@pytest.fixture
def peer():
    """One that answers all requests of a connection."""

    def play(connection, number):
        while served.take(connection):
            connection.sendall(response())

    with contextlib.closing(Peer(play)) as served:
        yield served


@pytest.fixture(params=["cosocket", "resty_http"])
def over(peer, start, request):
    """Start an nginx whose clients use a transport, made with options of a test's choice.
    It stops before the peer does, which waits for its connections."""

    def start_with(url, code, resolver=None, options="", more="", **times):
        transport = f'require("pgai.transports.{request.param}").new{{ {options} }}'
        made = client(url, transport=transport, **{**ONCE, **times})
        asks = f"resolver {resolver.address} {more};" if resolver else ""
        return start(
            http=asks, server=location("/", made + code), lua_path=f"{STUB}/?.lua;"
        )

    return start_with


@pytest.fixture
def silent_name_server():
    with contextlib.closing(NameServer(found=None)) as server:
        yield server


def named(url, name):
    return url.replace("127.0.0.1", name)


def timed(nginx):
    began = time.monotonic()
    return say(nginx), time.monotonic() - began


@pytest.mark.parametrize(
    ("times", "given"),
    [
        ({"deadline": "0.5"}, "nil"),
        ({"timeout": "0.5"}, "nil"),
        ({"connect_timeout": "0.5"}, "nil"),
        ({}, "{ deadline = 0.5 }"),
    ],
)
def test_a_look_up_is_part_of_each_time(over, silent_name_server, times, given):
    nginx = over("http://contacts.test/v1", GET % given, silent_name_server, **times)
    said, took = timed(nginx)
    assert said == "timeout: contacts.test: no connection in time"
    assert 0.4 < took < 2
    assert silent_name_server.queries > 0


def test_a_create_whose_look_up_took_too_long_was_not_sent(over, silent_name_server):
    create = """
        local made, err = contacts:safe():create{ first_name = "Sarah" }
        ngx.say(err.kind, " ", err.outcome_unknown)
        """
    nginx = over("http://contacts.test/v1", create, silent_name_server, deadline="0.3")
    assert say(nginx) == "timeout false"


def test_a_look_up_that_was_given_up_leaves_room_in_the_pool(over, silent_name_server):
    options = "pool_size = 1, backlog = 0"
    times = {"connect_timeout": "0.1"}
    nginx = over(
        "http://contacts.test/v1", GET % "nil", silent_name_server, options, **times
    )
    for _ in range(4):
        assert say(nginx).startswith("timeout: ")


def test_a_name_keeps_its_connection(over, peer, name_server):
    nginx = over(named(peer.url, "contacts.test"), GET % "nil", name_server)
    assert [say(nginx) for _ in range(10)] == ["Sarah"] * 10
    assert peer.connections == 1


CALLS = {
    "get": GET % "nil",
    "create": """
        local made, err = contacts:safe():create{ first_name = "Sarah" }
        ngx.say(made and made.first_name or err.message)
        """,
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("more", ["", "ipv6=off"])
def test_another_address_of_a_name_is_tried_at_once(over, more, call):
    """nginx takes any address of a name, and here only the IPv4 one takes connections."""

    def play(connection, number):
        served.take(connection)
        connection.sendall(response(headers=["Connection: close"]))

    with (
        contextlib.closing(Peer(play)) as served,
        contextlib.closing(NameServer(found_ipv6="::1")) as both,
    ):
        nginx = over(named(served.url, "contacts.test"), CALLS[call], both, more=more)
        began = time.monotonic()
        said = [say(nginx) for _ in range(40)]
        # One of 256 calls draws the other address eight times.
        assert said.count("Sarah") >= 36, set(said)
        assert time.monotonic() - began < 5
        assert len(served.requests) == said.count("Sarah")


def test_a_name_without_a_service_is_one_attempt(over):
    code = """
        local found, err = contacts:safe():get("c1")
        ngx.say(err.kind, " ", err.requests, " ", err.message)
        """
    with contextlib.closing(NameServer(found_ipv6="::1")) as both:
        nginx = over("http://contacts.test:1/v1", code, both)
        assert say(nginx).startswith("connect 1 contacts.test: connection refused; ")


def test_light_threads_of_the_caller_are_left_alone(over, silent_name_server):
    code = """
        local function ask()
            return select(2, contacts:safe():get("c1")).kind
        end
        local threads = {}
        for i = 1, 5 do threads[i] = ngx.thread.spawn(ask) end
        local kinds = { coroutine.wrap(ask)() }
        for i = 1, 5 do kinds[i + 1] = select(2, ngx.thread.wait(threads[i])) end
        ngx.say(table.concat(kinds, " "))
        """
    nginx = over("http://contacts.test/v1", code, silent_name_server, deadline="0.3")
    said, took = timed(nginx)
    assert said == " ".join(["timeout"] * 6)
    assert took < 2


@pytest.mark.parametrize("name", ["localhost", "LocalHost"])
def test_this_machine_is_not_looked_up(over, peer, name):
    with contextlib.closing(NameServer(found="127.0.0.9")) as server:
        nginx = over(named(peer.url, name), GET % "nil", server)
        assert say(nginx) == "Sarah"
        assert server.queries == 0
    (head,) = peer.requests
    host = f"{name}:{urlsplit(peer.url).port}"
    assert f"host: {host}".lower() in head.lower().split("\r\n")


def test_this_machine_needs_no_resolver(over, peer):
    assert say(over(named(peer.url, "localhost"), GET % "nil")) == "Sarah"


def test_what_cannot_be_looked_up_is_not_tried_again(over):
    code = """
        local found, err = contacts:safe():get("c1")
        ngx.say(err.kind, " ", err.requests, " ", err.message)
        """
    nginx = over("http://ssl.contacts.test/v1", code, max_attempts="4")
    said = say(nginx)
    assert said.startswith("connect 1 ssl.contacts.test: no resolver defined")


def test_no_wait_spins(start):
    """ngx.sleep(0) does not wait."""
    code = """
        local real, waits, least = ngx.sleep, 0, 1
        ngx.sleep = function(seconds)
            waits, least = waits + 1, math.min(least, seconds)
            real(seconds)
        end
        local transport = require("pgai.transports.cosocket").new()
        for _ = 1, 10 do transport:sleep(0.0015) end
        transport:sleep(0)
        ngx.sleep = real
        ngx.say(waits, " ", least)
        """
    waits, least = say(start(server=location("/", code))).split()
    assert int(waits) <= 20
    assert float(least) >= 0.001


def test_headers_that_drip_are_a_timeout(over):
    closed = threading.Event()

    def play(connection, number):
        served.take(connection)
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X-Again: and again\r\n")
                time.sleep(0.1)
        except ConnectionError:
            closed.set()

    with contextlib.closing(Peer(play)) as served:
        nginx = over(served.url, GET % "nil", deadline="0.5")
        said, took = timed(nginx)
        assert said == "timeout: 127.0.0.1: no response in time"
        assert took < 2
        assert closed.wait(5), "the connection stays open"


@pytest.mark.parametrize("transport", ["cosocket", "resty_http"])
def test_pools_of_other_names_share_nothing(start, pgai_sandbox, transport):
    def pooled(path, pool):
        made = f'require("pgai.transports.{transport}").new{{ pool = {pool} }}'
        return location(
            path,
            client(pgai_sandbox.url, transport=made) + "ngx.say(#contacts:list())",
        )

    nginx = start(
        server=pooled("/one", '"one"') + pooled("/other", '"other"') + pooled("/", "nil"),
        lua_path=f"{STUB}/?.lua;",
    )
    for path in ("/one", "/other", "/") * 3:
        assert say(nginx, path) == "50"
    assert pgai_sandbox.log()["counts"]["connections"] == 3
