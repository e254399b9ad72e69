"""One rate limit for all workers of a host."""

import contextlib
import socket
import threading

import pytest
from conftest import client, location, say
from peer import Peer, response

DICTS = "lua_shared_dict pacing 1m; lua_shared_dict clock 1m;"
PACING = 'require("pgai.pacing").shared("pacing")'

# A transport on a clock of its own, in a dict: it moves when all callers sleep.
VIRTUAL = """
    local cosocket = require("pgai.transports.cosocket").new()
    local clock = ngx.shared.clock
    local virtual = {}
    function virtual:request(req) return cosocket:request(req) end
    function virtual:now() return clock:get("now") or 0 end
    function virtual:sleep(seconds)
        local name = "asleep:" .. clock:incr("sleeps", 1, 0)
        clock:set(name, self:now() + seconds)
        while self:now() < clock:get(name) do ngx.sleep(0.001) end
        clock:delete(name)
        return true
    end
"""

# How long until the first of so many callers wakes, if all of them sleep; else 0.
REST = location(
    "/rest",
    """
    local clock = ngx.shared.clock
    local asleep, first = 0, math.huge
    for _, name in ipairs(clock:get_keys(0)) do
        -- Whoever wakes meanwhile takes the time away.
        local wakes = name:find("^asleep:") and clock:get(name)
        if wakes then
            asleep, first = asleep + 1, math.min(first, wakes)
        end
    end
    local all = asleep == tonumber(ngx.var.arg_callers)
    ngx.say(all and math.max(0, first - (clock:get("now") or 0)) or 0)
    """,
)
MOVE = location(
    "/move", 'ngx.say(ngx.shared.clock:incr("now", tonumber(ngx.var.arg_s), 0))'
)


# So that nobody spends all that is left before others look again.
TAKES_TIME = """
    function virtual:request(req)
        self:sleep(0.05)
        return cosocket:request(req)
    end
"""


def test_two_workers_keep_to_one_rate_limit(start, pgai_sandbox_with):
    sandbox = pgai_sandbox_with(limiter="fixed", rate_limit=60)
    code = VIRTUAL + TAKES_TIME
    code += client(sandbox.url, transport="virtual", pacing=PACING, max_wait="600")
    say_it = "ngx.say(#contacts:list{ limit = 1 }, ' ', ngx.worker.pid())"
    nginx = start(
        workers=2, http=DICTS, server=location("/", code + say_it) + REST + MOVE
    )
    said = []
    callers = set()

    def ask():
        try:
            for _ in range(50):
                said.append(say(nginx, timeout=10).split())
        finally:
            callers.discard(threading.current_thread())

    callers.update(threading.Thread(target=ask) for _ in range(6))
    for thread in list(callers):
        thread.start()
    while callers:
        # Both clocks move together, while all callers wait.
        rest = float(say(nginx, f"/rest?callers={len(callers)}"))
        if rest > 0:
            sandbox.advance(rest)
            say(nginx, f"/move?s={rest}")
    log = sandbox.log()
    assert [count for count, _ in said] == ["1"] * 300
    assert len({pid for _, pid in said}) == 2, "one worker did it all"
    assert 429 not in {request["status"] for request in log["requests"]}
    assert log["counts"]["requests"] == 300


def test_no_step_is_taken_while_another_worker_takes_one(start, pgai_sandbox):
    code = (
        client(pgai_sandbox.url, pacing=PACING)
        + """
        local dict = ngx.shared.pacing
        contacts:list()
        local name = dict:get_keys(0)[1]
        -- As if a worker had died in a step: the others go on after half a second.
        dict:add(name .. ":lock", true, 0.3)
        local began = ngx.now()
        contacts:list()
        ngx.update_time()
        local took = ngx.now() - began
        ngx.say(took > 0.25 and took < 5, " ", dict:get(name .. ":lock") == nil)
        """
    )
    assert say(start(http=DICTS, server=location("/", code))) == "true true"


@pytest.mark.parametrize("response", ["200", "200, { 1 }", "200, {}, {}", "nil"])
def test_a_step_that_raises_leaves_no_lock(start, pgai_sandbox, response):
    code = (
        "local transport = setmetatable({ request = function() return "
        + response
        + ' end }, { __index = require("pgai.transports.cosocket").new() })'
        + client(pgai_sandbox.url, pacing=PACING, transport="transport")
        + """
        local raised, err = pcall(contacts.list, contacts)
        local dict = ngx.shared.pacing
        local locked = 0
        for _, name in ipairs(dict:get_keys(0)) do
            if name:find(":lock$") and dict:get(name) then locked = locked + 1 end
        end
        ngx.say(raised, " ", locked, " ", err)
        """
    )
    said = say(start(http=DICTS, server=location("/", code)))
    assert said.startswith("false 0 "), said


LIMIT = 12


@pytest.mark.parametrize("ended", ["get", "create", "walk"])
def test_who_is_ended_while_it_waits_is_not_on_its_way_for_ever(start, ended):
    """Each aborted caller leaves a request behind that nobody reports."""
    calls = {
        "get": 'contacts:get("c1")',
        "create": 'contacts:create{ first_name = "S" }',
        "walk": "for _ in contacts:each() do end",
    }
    limit = [f"X-RateLimit-Limit: {LIMIT}", "X-RateLimit-Remaining: 1000"]

    def play(connection, number):
        peer.take(connection)
        if 1 < number <= LIMIT:
            connection.recv(1)
        else:
            connection.sendall(response(headers=[*limit, "Connection: close"]))

    with contextlib.closing(Peer(play)) as peer:
        options = {"max_wait": "1", "max_attempts": "1", "transport": "virtual"}
        shared = VIRTUAL + client(peer.url, pacing=PACING, **options)
        shared += "package.loaded.contacts = contacts"
        made = 'local contacts = require("contacts")\n'
        abort = "ngx.on_abort(function() ngx.exit(499) end)" + made + calls[ended]
        get = """
            collectgarbage() collectgarbage()
            local found, err = contacts:safe():get("c1")
            ngx.say(found and found.first_name or err.kind)
            """
        nginx = start(
            http=f"{DICTS} init_by_lua_block {{ {shared} }}",
            server=location("/", made + get)
            + location("/aborted", abort, more="lua_check_client_abort on;")
            + MOVE,
        )
        assert say(nginx) == "Sarah"
        for i in range(1, LIMIT):
            with socket.create_connection(("127.0.0.1", nginx.port)) as connection:
                connection.sendall(b"GET /aborted HTTP/1.1\r\nHost: x\r\n\r\n")
                nginx.wait_for(lambda i=i: peer.connections > i, "no request came")
        nginx.wait_for(lambda: nginx.log().count("prematurely") == LIMIT - 1, "no end")
        # The service counts them for a minute.
        assert say(nginx) == "rate_limited"
        say(nginx, "/move?s=61")
        assert [say(nginx) for _ in range(LIMIT)] == ["Sarah"] * LIMIT


def test_what_would_wait_too_long_fails_at_once(start, pgai_sandbox_with):
    sandbox = pgai_sandbox_with(limiter="fixed", rate_limit=5)
    code = (
        client(sandbox.url, pacing=PACING, max_wait="1")
        + """
        local page, err = contacts:safe():list{ limit = 1 }
        ngx.say(page and "listed" or err.kind .. " " .. tostring(err.retry_after > 1))
        """
    )
    nginx = start(workers=2, http=DICTS, server=location("/", code))
    said = [say(nginx) for _ in range(12)]
    assert said == ["listed"] * 5 + ["rate_limited true"] * 7
    assert sandbox.log()["counts"]["requests"] == 5, "the rest was not even asked"


def test_keys_have_rate_limits_of_their_own(start, pgai_sandbox_with):
    sandbox = pgai_sandbox_with(limiter="fixed", rate_limit=5)
    show = """
        local page, err = contacts:safe():list{ limit = 1 }
        ngx.say(page and "listed" or err.kind)
        """
    nginx = start(
        http=DICTS,
        server=location("/", client(sandbox.url, pacing=PACING, max_wait="1") + show)
        + location(
            "/other",
            client(sandbox.url, pacing=PACING, max_wait="1", api_key='"sandbox_read"')
            + show,
        ),
    )
    assert [say(nginx) for _ in range(6)] == ["listed"] * 5 + ["rate_limited"]
    assert say(nginx, "/other") == "listed"


def test_workers_use_a_share_together_and_other_shares_add_up(start, pgai_sandbox_with):
    sandbox = pgai_sandbox_with(limiter="fixed", rate_limit=60)
    show = """
        local page, err = contacts:safe():list{ limit = 1 }
        ngx.say(page and contacts:rate_limit().wait or err.kind)
        """

    def at(path, share):
        made = client(sandbox.url, pacing=PACING, share=share, max_wait="0.5")
        return location(path, made + show)

    nginx = start(workers=2, http=DICTS, server=at("/", "1 / 8") + at("/half", "1 / 2"))
    assert 8 < float(say(nginx)) < 9.3
    assert 1 < float(say(nginx, "/half")) < 2.2
    assert [say(nginx) for _ in range(6)] == ["rate_limited"] * 6
    assert sandbox.log()["counts"]["requests"] == 2


def test_no_key_stands_in_the_dicts(start, pgai_sandbox):
    cache = 'require("pgai.cache").shared("clock")'
    code = (
        client(pgai_sandbox.url, pacing=PACING, cache=cache)
        + """
        contacts:list()
        for _, name in ipairs({ "pacing", "clock" }) do
            local dict = ngx.shared[name]
            for _, key in ipairs(dict:get_keys(0)) do
                ngx.say(key, " ", (tostring(dict:get(key)):gsub("[^%g ]", "?")))
            end
        end
        """
    )
    said = say(start(http=DICTS, server=location("/", code)))
    assert "pacing:" in said
    assert "page:" in said
    assert "sandbox_key" not in said
