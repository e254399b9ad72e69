"""Responses that all workers keep in one dict."""

import concurrent.futures
import socket
import threading
import time

import pytest
from conftest import client, location, say

DICTS = "lua_shared_dict kept 4m; lua_shared_dict small 12k;"
SHOW = """
    local ok, found = pcall(contacts.get, contacts, ngx.var.arg_id)
    ngx.say(ok and found.first_name or found.kind .. ": " .. found.message)
"""
COUNTERS = location(
    "/counters",
    """
    local counters = require("pgai.cache").shared("kept"):counters()
    ngx.say(counters.hits, " ", counters.misses, " ", counters.stale)
    """,
)


def cached(url, options="", dict_name="kept", **more):
    cache = f'require("pgai.cache").shared("{dict_name}", {{ {options} }})'
    return client(url, cache=cache, max_attempts="1", **more)


@pytest.fixture
def ids(pgai_sandbox):
    with pgai_sandbox.client() as contacts:
        found = [contact.id for contact in contacts.list()]
    pgai_sandbox.reset()
    return found


def test_one_call_upstream_for_many_misses(start, pgai_sandbox, ids):
    pgai_sandbox.fault({"fault": "latency", "ms": 300})
    nginx = start(
        workers=2,
        http=DICTS,
        server=location("/", cached(pgai_sandbox.url) + SHOW) + COUNTERS,
    )
    said = []
    threads = [
        threading.Thread(target=lambda: said.append(say(nginx, f"/?id={ids[0]}")))
        for _ in range(60)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 60
    assert len(set(said)) == 1
    assert pgai_sandbox.log()["counts"]["requests"] == 1
    assert say(nginx, "/counters") == "59 1 0"


def together(*jobs):
    """What functions return that are called at once."""
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        return [job.result() for job in [pool.submit(job) for job in jobs]]


def timed(*arguments):
    began = time.monotonic()
    return say(*arguments), time.monotonic() - began


@pytest.mark.parametrize("wrong", ["deadline = 0", "timeout = -1", 'deadline = "1"'])
def test_wrong_limits_make_nobody_wait(start, pgai_sandbox, ids, wrong):
    made = cached(pgai_sandbox.url)
    spoilt = SHOW.replace("ngx.var.arg_id)", f"ngx.var.arg_id, {{ {wrong} }})")
    nginx = start(
        http=DICTS, server=location("/", made + SHOW) + location("/wrong", made + spoilt)
    )
    assert say(nginx, f"/wrong?id={ids[0]}").startswith("usage: ")
    said, took = timed(nginx, f"/?id={ids[0]}")
    assert not said.startswith(("usage: ", "timeout: "))
    assert took < 2
    assert pgai_sandbox.log()["counts"]["requests"] == 1


@pytest.mark.parametrize("fails", ['"boom"', "{}", "nil"])
def test_a_transport_that_raises_makes_nobody_wait(start, pgai_sandbox, ids, fails):
    raises = f"""{{ __index = require("pgai.transports.cosocket").new() }}
        local transport = setmetatable({{ request = function()
            ngx.sleep(0.001)
            error({fails})
        end }}, raises)"""
    made = f"local raises = {raises}" + cached(pgai_sandbox.url, transport="transport")
    code = made + "ngx.say(tostring(pcall(contacts.get, contacts, ngx.var.arg_id)))"
    nginx = start(
        http=DICTS,
        server=location("/raises", code) + location("/", cached(pgai_sandbox.url) + SHOW),
    )
    assert say(nginx, f"/raises?id={ids[0]}") == "false"
    assert timed(nginx, f"/?id={ids[0]}")[1] < 2


def test_a_wait_is_part_of_the_deadline(start, pgai_sandbox, ids):
    pgai_sandbox.fault({"fault": "latency", "ms": 1500})
    code = cached(pgai_sandbox.url, deadline="tonumber(ngx.var.arg_left)") + SHOW
    nginx = start(http=DICTS, server=location("/", code))

    def late():
        nginx.wait_for(
            lambda: pgai_sandbox.log()["counts"]["connections"], "it does not fetch"
        )
        return timed(nginx, f"/?id={ids[0]}&left=0.3")

    (first, _), (second, took) = together(
        lambda: timed(nginx, f"/?id={ids[0]}&left=10"), late
    )
    assert not first.startswith("timeout: ")
    assert second == (
        "timeout: the deadline passed while another caller asked for the same"
    )
    assert 0.25 < took < 1


def test_a_request_has_what_a_wait_left_of_the_deadline(start, pgai_sandbox, ids):
    pgai_sandbox.fault({"fault": "stall", "k": 0})
    # The first gives up after 1 s, and the second asks itself.
    code = cached(pgai_sandbox.url, deadline="tonumber(ngx.var.arg_left)") + SHOW
    nginx = start(http=DICTS, server=location("/", code))

    def late():
        nginx.wait_for(
            lambda: pgai_sandbox.log()["counts"]["connections"], "it does not fetch"
        )
        return timed(nginx, f"/?id={ids[0]}&left=1.5")

    _, (said, took) = together(lambda: say(nginx, f"/?id={ids[0]}&left=1"), late)
    assert said.startswith("timeout: ")
    assert 1.4 < took < 2
    assert pgai_sandbox.log()["counts"]["connections"] == 2


@pytest.mark.parametrize("lock_timeout", ["5", "0.2"])
def test_who_waited_in_vain_asks_one_at_a_time(start, pgai_sandbox, ids, lock_timeout):
    pgai_sandbox.fault({"fault": "stall", "k": 0})
    options = f"lock_timeout = {lock_timeout}"
    code = cached(pgai_sandbox.url, options, deadline="1") + SHOW
    nginx = start(workers=2, http=DICTS, server=location("/", code))
    said = together(*[lambda: timed(nginx, f"/?id={ids[0]}")] * 50)
    assert {text.partition(":")[0] for text, _ in said} == {"timeout"}
    assert max(took for _, took in said) < 2
    # One for each time that a lock lives, and one who came late.
    asked = pgai_sandbox.log()["counts"]["connections"]
    assert asked <= 1 / float(lock_timeout) + 2


def test_failures_come_one_at_a_time(start, pgai_sandbox, ids):
    pgai_sandbox.fault({"fault": "status", "code": 503, "match": {"times": 30}})
    pgai_sandbox.fault({"fault": "latency", "ms": 20})
    code = cached(pgai_sandbox.url) + SHOW
    nginx = start(workers=2, http=DICTS, server=location("/", code))
    said = together(*[lambda: say(nginx, f"/?id={ids[0]}")] * 40)
    assert sum(text.startswith("server: ") for text in said) == 30
    assert pgai_sandbox.log()["counts"]["requests"] == 31


def test_an_older_response_stands_in_when_a_wait_was_too_long(start, pgai_sandbox, ids):
    options = "ttl = 0.1, stale_if_error = 60"
    code = cached(pgai_sandbox.url, options, deadline="0.5") + SHOW
    nginx = start(http=DICTS, server=location("/", code) + COUNTERS)
    fresh = say(nginx, f"/?id={ids[0]}")
    pgai_sandbox.fault({"fault": "stall", "k": 0})
    time.sleep(0.2)
    assert together(*[lambda: say(nginx, f"/?id={ids[0]}")] * 5) == [fresh] * 5


def test_a_wait_for_another_caller_ends_when_the_worker_is_to_exit(
    start, pgai_sandbox, ids
):
    pgai_sandbox.fault({"fault": "latency", "ms": 3000})
    nginx = start(http=DICTS, server=location("/", cached(pgai_sandbox.url) + SHOW))

    def late():
        nginx.wait_for(
            lambda: pgai_sandbox.log()["counts"]["connections"], "it does not fetch"
        )
        time.sleep(0.1)
        nginx.reload()

    said = together(*[lambda: say(nginx, f"/?id={ids[0]}")] * 2, late)
    assert len([text for text in said if text and text.startswith("exiting: ")]) == 1


def test_a_response_is_fresh_for_a_while(start, pgai_sandbox, ids):
    nginx = start(
        http=DICTS, server=location("/", cached(pgai_sandbox.url, "ttl = 0.3") + SHOW)
    )
    first = say(nginx, f"/?id={ids[0]}")
    assert say(nginx, f"/?id={ids[0]}") == first
    assert pgai_sandbox.log()["counts"]["requests"] == 1
    nginx.wait_for(
        lambda: (
            say(nginx, f"/?id={ids[0]}") and pgai_sandbox.log()["counts"]["requests"] == 2
        ),
        "it stays for ever",
    )


def test_a_contact_from_the_cache_is_the_contact(start, pgai_sandbox, ids):
    code = (
        cached(pgai_sandbox.url, null='"sentinel"')
        + """
        local cjson = require("cjson")
        local first, again = contacts:get(ngx.var.arg_id), contacts:get(ngx.var.arg_id)
        local uncached = contacts:with_options{ cache = false }:get(ngx.var.arg_id)
        for name, value in pairs(uncached) do
            local same = first[name] == value and again[name] == value
            if not same then ngx.say(name, " differs") end
        end
        ngx.say(first:has("phone") == uncached:has("phone"), " ", first ~= again)
        """
    )
    nginx = start(http=DICTS, server=location("/", code))
    for identity in ids[:5]:
        assert say(nginx, f"/?id={identity}") == "true true"
    assert pgai_sandbox.log()["counts"]["requests"] == 10


def test_no_such_contact_is_remembered_too(start, pgai_sandbox):
    nginx = start(http=DICTS, server=location("/", cached(pgai_sandbox.url) + SHOW))
    said = [say(nginx, "/?id=nobody") for _ in range(3)]
    assert set(said) == {"not_found: Contact not found"}
    assert pgai_sandbox.log()["counts"]["requests"] == 1


def test_what_is_to_be_kept_for_no_time_is_not_kept(start, pgai_sandbox, ids):
    options = "ttl = 0, negative_ttl = 0"
    nginx = start(
        http=DICTS, server=location("/", cached(pgai_sandbox.url, options) + SHOW)
    )
    began = time.monotonic()
    for identity in (ids[0], "nobody"):
        assert len({say(nginx, f"/?id={identity}") for _ in range(3)}) == 1
    assert pgai_sandbox.log()["counts"]["requests"] == 6
    assert time.monotonic() - began < 4, "nobody waits for who is done"


def test_that_there_is_none_is_kept_for_less_time(start, pgai_sandbox):
    options = "ttl = 60, negative_ttl = 0.2"
    nginx = start(
        http=DICTS, server=location("/", cached(pgai_sandbox.url, options) + SHOW)
    )
    assert say(nginx, "/?id=nobody") == say(nginx, "/?id=nobody")
    nginx.wait_for(
        lambda: (
            say(nginx, "/?id=nobody") and pgai_sandbox.log()["counts"]["requests"] == 2
        ),
        "it stays for ever",
    )


def test_who_was_ended_while_it_fetched_is_not_waited_for_for_long(
    start, pgai_sandbox, ids
):
    pgai_sandbox.fault({"fault": "latency", "ms": 20_000, "match": {"times": 1}})
    abort = "ngx.on_abort(function() ngx.exit(499) end)"
    code = cached(pgai_sandbox.url, "lock_timeout = 0.3") + SHOW
    nginx = start(
        http=DICTS,
        server=location("/", abort + code, more="lua_check_client_abort on;"),
    )
    with socket.create_connection(("127.0.0.1", nginx.port)) as connection:
        connection.sendall(f"GET /?id={ids[0]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        nginx.wait_for(
            lambda: pgai_sandbox.log()["counts"]["connections"], "it does not fetch"
        )
    began = time.monotonic()
    assert not say(nginx, f"/?id={ids[0]}").startswith("timeout")
    assert time.monotonic() - began < 5


def test_who_was_ended_is_waited_for_no_longer_than_it_had_time(start, pgai_sandbox, ids):
    pgai_sandbox.fault({"fault": "latency", "ms": 20_000, "match": {"times": 1}})
    abort = "ngx.on_abort(function() ngx.exit(499) end)"
    hasty = abort + cached(pgai_sandbox.url, deadline="0.5") + SHOW
    nginx = start(
        http=DICTS,
        server=location("/hasty", hasty, more="lua_check_client_abort on;")
        + location("/", cached(pgai_sandbox.url) + SHOW),
    )
    with socket.create_connection(("127.0.0.1", nginx.port)) as connection:
        connection.sendall(f"GET /hasty?id={ids[0]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        nginx.wait_for(
            lambda: pgai_sandbox.log()["counts"]["connections"], "it does not fetch"
        )
    said, took = timed(nginx, f"/?id={ids[0]}")
    assert not said.startswith("timeout: ")
    assert took < 2


def test_an_older_response_stands_in_while_the_service_fails(start, pgai_sandbox, ids):
    options = "ttl = 0.1, stale_if_error = 60"
    nginx = start(
        http=DICTS,
        server=location("/", cached(pgai_sandbox.url, options) + SHOW) + COUNTERS,
    )
    fresh = say(nginx, f"/?id={ids[0]}")
    pgai_sandbox.fault({"fault": "status", "code": 503})
    nginx.wait_for(
        lambda: (
            say(nginx, f"/?id={ids[0]}") == fresh
            and say(nginx, "/counters").endswith(" 1")
        ),
        "no older response stood in",
    )
    assert say(nginx, f"/?id={ids[1]}").startswith("server: "), "there is no older one"


def test_a_refused_key_is_not_covered_up(start, pgai_sandbox, ids):
    nginx = start(
        http=DICTS, server=location("/", cached(pgai_sandbox.url, "ttl = 0.1") + SHOW)
    )
    say(nginx, f"/?id={ids[0]}")
    pgai_sandbox.fault({"fault": "status", "code": 401})
    nginx.wait_for(
        lambda: say(nginx, f"/?id={ids[0]}").startswith("authentication: "),
        "an older response stood in",
    )


def test_scopes_never_mix(start, pgai_sandbox, ids):
    nginx = start(
        http=DICTS,
        server=location("/", cached(pgai_sandbox.url) + SHOW)
        + location("/other", cached(pgai_sandbox.url, api_key='"sandbox_write"') + SHOW),
    )
    say(nginx, f"/?id={ids[0]}")
    assert say(nginx, f"/other?id={ids[0]}").startswith("permission_denied: ")
    assert pgai_sandbox.log()["counts"]["requests"] == 2


def test_a_create_drops_the_pages(start, pgai_sandbox):
    code = cached(pgai_sandbox.url) + "ngx.say(contacts:list{ limit = 1 }.total)"
    create = (
        cached(pgai_sandbox.url)
        + 'ngx.say(contacts:create{ first_name = "S" }.first_name)'
    )
    nginx = start(http=DICTS, server=location("/", code) + location("/create", create))
    assert [say(nginx) for _ in range(3)] == ["1000"] * 3
    assert pgai_sandbox.log()["counts"]["requests"] == 1
    assert say(nginx, "/create") == "S"
    assert say(nginx) == "1001"


def test_a_request_that_changes_something_drops_the_pages(start, pgai_sandbox):
    made = cached(pgai_sandbox.url)
    code = made + "ngx.say(contacts:list{ limit = 1 }.total)"
    read = made + 'ngx.say(contacts:request{ path = "/contacts" }.status)'
    post = made + (
        'ngx.say(contacts:request{ method = "POST", path = "/contacts", '
        'json = { first_name = "S" } }.status)'
    )
    nginx = start(
        http=DICTS,
        server=location("/", code) + location("/read", read) + location("/post", post),
    )
    assert say(nginx) == "1000"
    assert [say(nginx, "/read"), say(nginx)] == ["200", "1000"]
    assert pgai_sandbox.log()["counts"]["requests"] == 2
    assert [say(nginx, "/post"), say(nginx)] == ["201", "1001"]


def test_a_create_of_unknown_outcome_drops_them_too(start, pgai_sandbox):
    code = cached(pgai_sandbox.url) + "ngx.say(contacts:list{ limit = 1 }.total)"
    create = cached(pgai_sandbox.url) + (
        "local made, err = contacts:safe():create{} ngx.say(err.kind)"
    )
    create = create.replace("create{}", 'create{ first_name = "S" }')
    nginx = start(http=DICTS, server=location("/", code) + location("/create", create))
    assert say(nginx) == "1000"
    pgai_sandbox.fault({"fault": "commit_then_drop", "match": {"method": "POST"}})
    assert say(nginx, "/create") == "outcome_unknown"
    assert say(nginx) == "1001"


def test_a_create_whose_caller_went_away_drops_them_too(start, pgai_sandbox):
    made = cached(pgai_sandbox.url)
    list_it = made + "ngx.say(contacts:list{ limit = 1 }.total)"
    create = """ngx.on_abort(function() ngx.exit(499) end)
        """ + (made + 'contacts:create{ first_name = "S" }')
    nginx = start(
        http=DICTS,
        server=location("/", list_it)
        + location("/create", create, more="lua_check_client_abort on;"),
    )
    assert say(nginx) == "1000"
    pgai_sandbox.fault({"fault": "latency", "ms": 300, "match": {"method": "POST"}})
    with socket.create_connection(("127.0.0.1", nginx.port)) as connection:
        connection.sendall(b"GET /create HTTP/1.1\r\nHost: x\r\n\r\n")
        nginx.wait_for(
            lambda: pgai_sandbox.log()["counts"]["connections"] == 2, "it does not create"
        )
    nginx.wait_for(lambda: pgai_sandbox.log()["counts"]["created"], "nothing was created")
    assert say(nginx) == "1001"


def test_a_full_dict_fails_no_call(start, pgai_sandbox):
    code = (
        cached(pgai_sandbox.url, dict_name="small")
        + """
        local small = ngx.shared.small
        for i = 1, 200 do small:safe_set("filler" .. i, ("x"):rep(500)) end
        ngx.say(#contacts:list{ limit = 50 }, " ", #contacts:list{ limit = 50 })
        """
    )
    nginx = start(http=DICTS, server=location("/", code))
    assert say(nginx) == "50 50"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('"none"', 'there is no lua_shared_dict "none" in nginx.conf'),
        ('"kept", { tll = 3 }', "the cache has no option tll"),
        ('"kept", { ttl = "3" }', "the cache has no option ttl = 3"),
    ],
)
def test_a_mistake_is_told(start, arguments, message):
    code = f'ngx.say(select(2, pcall(require("pgai.cache").shared, {arguments})))'
    nginx = start(http=DICTS, server=location("/", code))
    assert message in say(nginx)
