"""One allowance for all workers of a host."""

import threading

from conftest import client, location, say

DICTS = "lua_shared_dict pacing 1m; lua_shared_dict clock 1m;"
PACING = 'require("pgai.pacing").shared("pacing")'

# A transport whose clock runs 200 times as fast, for waits of minutes that take none. The
# sandbox's clock is moved along by whoever waits.
FAST = """
    local cosocket = require("pgai.transports.cosocket").new()
    local monotonic = require("pgai.monotonic")
    local fast = {}
    function fast:request(req) return cosocket:request(req) end
    function fast:now() return monotonic() * 200 end
    function fast:sleep(seconds) ngx.sleep(math.max(seconds / 200, 0.001)) return true end
"""


def test_two_workers_keep_within_one_allowance(start, pgai_sandbox_with):
    sandbox = pgai_sandbox_with(limiter="fixed", rate_limit=60)
    stop = threading.Event()

    def run_clock():
        while not stop.wait(0.005):
            sandbox.advance(1)

    code = FAST + client(sandbox.url, transport="fast", pacing=PACING, max_wait="600")
    nginx = start(
        workers=2,
        http=DICTS,
        server=location(
            "/", code + "ngx.say(#contacts:list{ limit = 1 }, ' ', ngx.worker.pid())"
        ),
    )
    clock = threading.Thread(target=run_clock)
    clock.start()
    said = []

    def ask():
        for _ in range(50):
            said.append(say(nginx, timeout=60).split())

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    clock.join()
    log = sandbox.log()
    assert [count for count, _ in said] == ["1"] * 300
    assert len({pid for _, pid in said}) == 2, "one worker did it all"
    assert 429 not in {request["status"] for request in log["requests"]}
    assert log["counts"]["requests"] == 300


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


def test_keys_have_allowances_of_their_own(start, pgai_sandbox_with):
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
