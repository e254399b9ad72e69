"""Where calls can be made, and what is said where they cannot."""

import pytest
from conftest import client, fetch, location, say

LIST = "tostring(#contacts:list{ limit = 3 })"
TRY = """
    local ok, err = pcall(contacts.list, contacts, { limit = 3 })
    local said = ok and "listed" or err.kind .. ": " .. err.message
"""
SILENT = "http://127.0.0.1:1/v1"


@pytest.mark.parametrize("phase", ["rewrite", "access", "content"])
def test_where_a_request_waits(start, pgai_sandbox, phase):
    code = client(pgai_sandbox.url) + f"ngx.say({LIST})"
    nginx = start(server=location("/", code, phase))
    assert say(nginx) == "3"


def test_in_a_timer_and_from_init_worker(start, pgai_sandbox):
    nginx = start(
        http=f"""
            lua_shared_dict found 1m;
            init_worker_by_lua_block {{
                ngx.timer.at(0, function()
                    {client(pgai_sandbox.url)}
                    local count = 0
                    for page in contacts:pages{{}} do count = count + #page end
                    ngx.shared.found:set("count", count)
                end)
            }}""",
        server=location("/", 'ngx.say(tostring(ngx.shared.found:get("count")))'),
    )
    nginx.wait_for(lambda: say(nginx) == "1000", "the timer did not list")


def test_in_light_threads_at_once(start, pgai_sandbox):
    pgai_sandbox.fault({"fault": "latency", "ms": 200})
    code = (
        client(pgai_sandbox.url)
        + """
        local threads, found = {}, 0
        for i = 1, 10 do
            local which = { page = i, limit = 7 }
            threads[i] = ngx.thread.spawn(contacts.list, contacts, which)
        end
        local began = ngx.now()
        for i = 1, 10 do
            local ok, page = ngx.thread.wait(threads[i])
            if ok and page.page == i then found = found + #page end
        end
        ngx.update_time()
        ngx.say(found, " ", ngx.now() - began < 1)
        """
    )
    assert say(start(server=location("/", code))) == "70 true"


@pytest.mark.parametrize("cache", ["false", 'require("pgai.cache").shared("kept")'])
@pytest.mark.parametrize(
    "phase", ["init", "init_worker", "set", "header_filter", "body_filter", "log"]
)
def test_where_nothing_can_wait(start, phase, cache):
    code = client(SILENT, cache=cache) + TRY
    dicts = "lua_shared_dict said 1m; lua_shared_dict kept 1m;"
    if phase.startswith("init"):
        http = f"""
            {dicts}
            {phase}_by_lua_block {{ {code} ngx.shared.said:set("said", said) }}"""
        nginx = start(
            http=http, server=location("/", 'ngx.say(ngx.shared.said:get("said"))')
        )
        said = say(nginx)
    else:
        note = code + 'ngx.shared.said:set("said", said)'
        if phase == "set":
            block = f"set_by_lua_block $x {{ {note} return 1 }}"
        else:
            block = f"{phase}_by_lua_block {{ {note} }}"
        nginx = start(
            http=dicts,
            server=f"location / {{ {block} return 200 ok; }}"
            + location("/said", 'ngx.say(tostring(ngx.shared.said:get("said")))'),
        )
        fetch(nginx, "/")
        said = nginx.wait_for(
            lambda: (text := say(nginx, "/said")) != "nil" and text, "nothing was said"
        )
    assert said.startswith("not_yieldable: ")
    assert phase in said
    assert "ngx.timer.at" in said


def test_under_c_functions_nothing_is_begun(start, pgai_sandbox):
    """A failure that something swallows must not leave half a request behind."""
    code = (
        client(pgai_sandbox.url)
        + """
        local kinds = {}
        local function try()
            local ok, err = pcall(contacts.list, contacts)
            kinds[#kinds + 1] = ok and "listed" or err.kind
            return ""
        end
        string.gsub("x", "x", try)
        table.sort({ 1, 2 }, function(a, b) try() return a < b end)
        setmetatable({}, { __tostring = try })
        package.preload.loads_a_contact = function() try() return true end
        require("loads_a_contact")
        try()
        ngx.say(table.concat(kinds, " "))
        """
    )
    kinds = say(start(server=location("/", code))).split()
    assert kinds[-1] == "listed"
    assert set(kinds[:-1]) == {"not_yieldable"}
    assert len(kinds) >= 4
    assert pgai_sandbox.log()["counts"]["requests"] == 1


def test_libcurl_is_not_loaded(start, pgai_sandbox):
    nginx = start(server=location("/", client(pgai_sandbox.url) + f"ngx.say({LIST})"))
    assert say(nginx) == "3"
    (worker,) = nginx.workers()
    with open(f"/proc/{worker}/maps", encoding="utf-8") as maps:
        libraries = maps.read()
    assert "pgai/core.so" in libraries
    assert "libcurl" not in libraries


def test_without_the_code_cache(start, pgai_sandbox):
    code = client(pgai_sandbox.url) + f"ngx.say({LIST})"
    nginx = start(http="lua_code_cache off;", server=location("/", code))
    assert [say(nginx) for _ in range(5)] == ["3"] * 5
