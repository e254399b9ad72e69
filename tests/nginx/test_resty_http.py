"""The transport over lua-resty-http, on a stub of it; or on the library itself, when
$PGAI_RESTY_HTTP is the folder that has it and what it needs."""

import contextlib
import os
import pathlib
import time

import pytest
from conftest import client, location, say
from peer import ONE_CONTACT, Peer, response
from test_connections import CREATE, CREATE_TWO, ENDINGS, GET, ONCE, slow_peer

LIBRARY = os.environ.get("PGAI_RESTY_HTTP", pathlib.Path(__file__).parent / "stub")
RESTY = {"transport": '"resty_http"'}


@pytest.fixture
def over_resty(start):
    """Start an nginx with a location for each piece of Lua, by name."""

    def start_with(url, codes, **options):
        server = "".join(
            location(f"/{name}", client(url, **RESTY, **options) + code)
            for name, code in codes.items()
        )
        return start(server=server, lua_path=f"{LIBRARY}/?.lua;")

    return start_with


@pytest.fixture
def peer():
    with contextlib.ExitStack() as stack:
        yield lambda play: stack.enter_context(contextlib.closing(Peer(play)))


def test_calls_keep_their_connection_and_creates_have_their_own(over_resty, pgai_sandbox):
    codes = {"list": "ngx.say(#contacts:list())", "create": CREATE}
    nginx = over_resty(pgai_sandbox.url, codes)
    assert [say(nginx, "/list") for _ in range(10)] == ["50"] * 10
    assert [say(nginx, "/create") for _ in range(3)] == ["Sarah"] * 3
    counts = pgai_sandbox.log()["counts"]
    assert counts["connections"] == 4
    assert counts["created"] == 3


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_response_that_is_cut_is_none(over_resty, peer, ending):
    # Of the end of the last chunk nothing is left to read for the library.
    whole = ENDINGS[ending].removesuffix(b"\r\n\r\n")

    def play(connection, number):
        served.take(connection)
        connection.sendall(whole[: number - 1])

    served = peer(play)
    nginx = over_resty(served.url, {"get": GET}, **ONCE)
    for cut in range(len(whole)):
        said = say(nginx, "/get")
        assert said.startswith("connection_lost: "), (cut, said)


def test_a_create_that_is_cut_is_not_sent_again(over_resty, peer):
    whole = ENDINGS["length"]

    def play(connection, number):
        served.take(connection)
        connection.sendall(whole[: number - 1])

    served = peer(play)
    nginx = over_resty(served.url, {"create": CREATE})
    for cut in range(len(whole)):
        assert say(nginx, "/create") == "outcome_unknown true", cut
    assert len(served.requests) == len(whole)


def test_a_body_may_end_with_its_connection(over_resty, peer):
    def play(connection, number):
        served.take(connection)
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
        connection.sendall(head + ONE_CONTACT)

    served = peer(play)
    nginx = over_resty(served.url, {"get": GET}, **ONCE)
    assert [say(nginx, "/get") for _ in range(3)] == ["Sarah"] * 3


def test_a_body_is_not_read_for_ever(over_resty, peer):
    def play(connection, number):
        served.take(connection)
        connection.sendall(response(body=b" " * (8 * 1024 * 1024 + 1)))

    served = peer(play)
    nginx = over_resty(served.url, {"get": GET}, **ONCE)
    assert "more than 8 MiB" in say(nginx, "/get")


def test_a_slow_service_is_a_timeout(over_resty, pgai_sandbox):
    pgai_sandbox.fault({"fault": "latency", "ms": 5000})
    nginx = over_resty(pgai_sandbox.url, {"get": GET}, timeout="0.2", **ONCE)
    began = time.monotonic()
    assert say(nginx, "/get").startswith("timeout: ")
    assert time.monotonic() - began < 3


def test_nobody_there(over_resty):
    nginx = over_resty("http://127.0.0.1:1/v1", {"get": GET}, **ONCE)
    assert say(nginx, "/get").startswith("connect: 127.0.0.1: ")


def test_a_create_whose_time_passed_in_a_queue_is_not_sent(start, peer):
    served = slow_peer(peer)
    transport = 'require("pgai.transports.resty_http").new{ pool_size = 1, backlog = 5 }'
    code = client(served.url, transport=transport, timeout="2", **ONCE) + CREATE_TWO
    nginx = start(server=location("/", code), lua_path=f"{LIBRARY}/?.lua;")
    assert say(nginx) == "made timeout false"
    assert len(served.requests) == 1
