"""Answers that all workers keep in one dict."""

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


def test_an_answer_is_fresh_for_a_while(start, pgai_sandbox, ids):
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


def test_an_older_answer_stands_in_while_the_service_fails(start, pgai_sandbox, ids):
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
        "no older answer stood in",
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
        "an older answer stood in",
    )


def test_tenants_never_mix(start, pgai_sandbox, ids):
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
