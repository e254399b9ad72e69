"""Every call option, wherever a call spends its time, inside nginx.

The rows are those of tests/call_options.json. They wait for real, so they are played next
to each other, over both transports.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib

import pytest
from conftest import client, location, say
from nginx import Nginx
from peers import Peers

from pgai.testing import Sandbox

TESTS = pathlib.Path(__file__).parent.parent

LIBRARY = os.environ.get("PGAI_RESTY_HTTP", TESTS / "nginx" / "stub")
ROWS = json.loads((TESTS / "call_options.json").read_text("utf-8"))
AT_ONCE = 6
# A machine that is busy may wake a worker late, so that a call takes longer, or has time
# for fewer requests: of so many tries, one that is in time counts.
TRIES = 3
TRANSPORTS = ("cosocket", "resty_http")

CALLS = {
    "get": "return contacts:get(arguments.id)",
    "list": "return contacts:list(arguments)",
    "create": "return contacts:create(arguments)",
    "walk": "for _ in contacts:pages(arguments) do end",
}
# What an earlier try learnt of the rate limit goes with its client.
FORGET = "collectgarbage() collectgarbage()\n"
PLAY = """
local arguments = {arguments}
ngx.update_time()
local begun = ngx.now()
local fine, err = pcall(function() {call} end)
ngx.update_time()
local ms = (ngx.now() - begun) * 1000
local kind = fine and "good" or pgai.is_error(err) and err.kind or tostring(err)
ngx.say(kind, "\\n", ms, "\\n", not fine and err.retry_after or 0)
"""


def table(values):
    """A Lua table of text and numbers."""
    members = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "{ " + ", ".join(members) + " }"


def code_of(row, transport, url):
    ((name, arguments),) = row["call"].items()
    options = {name: json.dumps(value) for name, value in row["options"].items()}
    made = client(url, transport=json.dumps(transport), **options)
    return FORGET + made + PLAY.format(arguments=table(arguments), call=CALLS[name])


def play(nginx, path, sandbox, row):
    """What came of a row: the kind or "good", milliseconds, requests, retry_after."""
    for _ in range(TRIES):
        sandbox.reset()
        for rule in row.get("faults", ()):
            sandbox.fault(rule)
        kind, ms, retry_after = say(nginx, path).split("\n")
        requests = sandbox.log()["counts"]["requests"]
        expect = row["expect"]
        if float(ms) <= expect["most_ms"] and requests == expect["requests"]:
            break
    return kind, float(ms), requests, float(retry_after)


def play_all(folder, transport):
    with contextlib.ExitStack() as stack:
        peers = stack.enter_context(contextlib.closing(Peers()))
        sandboxes, server = [], ""
        for number, row in enumerate(ROWS):
            sandbox = Sandbox(contacts=60, **row.get("sandbox", {}))
            sandboxes.append(stack.enter_context(sandbox))
            url = peers.filled(row.get("base_url", sandbox.url))
            server += location(f"/{number}", code_of(row, transport, url))
        nginx = Nginx(folder, server=server, lua_path=f"{LIBRARY}/?.lua;")
        stack.callback(nginx.stop)
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(AT_ONCE))
        paths = [f"/{number}" for number in range(len(ROWS))]
        return list(pool.map(play, [nginx] * len(ROWS), paths, sandboxes, ROWS))


@pytest.fixture(scope="module", params=TRANSPORTS)
def played(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("call_options") / "nginx"
    return play_all(folder, request.param)


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[row["name"] for row in ROWS])
def test_limit(played, number):
    expect = ROWS[number]["expect"]
    kind, ms, requests, retry_after = played[number]
    assert kind == expect.get("kind", "good")
    assert expect["least_ms"] <= ms <= expect["most_ms"]
    assert requests == expect["requests"]
    if "retry_after" in expect:
        least, most = expect["retry_after"]
        assert least <= retry_after <= most
