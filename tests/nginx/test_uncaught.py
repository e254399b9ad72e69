"""Errors that nobody catches: nginx prints text alone, and it must say what is wrong."""

import json
import re

import pytest
from conftest import client, fetch, location, refused, say

KEY = "test_key_0_with a blank"
PGAI = 'require("pgai")'

MISTAKES = {
    "no key": (f"{PGAI}.contacts()", "there is no API key: give the option api_key"),
    "a bad key": (
        f'{PGAI}.contacts{{ api_key = "{KEY}" }}',
        "api_key has a blank, a line break or another byte in it",
    ),
    "a misspelt option": (
        f'{PGAI}.contacts{{ api_key = "k", dedline = 5 }}',
        "contacts has no option dedline; did you mean deadline?",
    ),
    "a wrong type": (
        f'{PGAI}.contacts{{ api_key = "k", deadline = "5s" }}',
        "deadline must be a number of seconds or false, not string",
    ),
    "no table": (f'{PGAI}.contacts("k")', "contacts takes a table of options"),
    "what nginx settles": (
        f'{PGAI}.contacts{{ api_key = "k", ca = "/x" }}',
        "the option ca has no effect inside nginx",
    ),
    "a key in the clear": (
        f'{PGAI}.contacts{{ api_key = "k", base_url = "http://contacts.test/v1" }}',
        "base_url is http:// and not a loopback address",
    ),
    "no dict for the cache": (
        'require("pgai.cache").shared("nowhere")',
        'there is no lua_shared_dict "nowhere" in nginx.conf',
    ),
    "no dict for the pacing": (
        'require("pgai.pacing").shared("nowhere")',
        'there is no lua_shared_dict "nowhere" in nginx.conf',
    ),
    "no key file": (
        'require("pgai.key_file")("/nowhere/key")',
        "the key file cannot be read: /nowhere/key: No such file or directory",
    ),
    "a misspelt option of a transport": (
        'require("pgai.transports.cosocket").new{ pool_sise = 3 }',
        "transport has no option pool_sise; did you mean pool_size?",
    ),
    "an option of a transport of a wrong type": (
        'require("pgai.transports.resty_http").new{ idle_timeout = "30s" }',
        "idle_timeout must be a number, not string",
    ),
    "a call of a client as a function": (
        f'{PGAI}.contacts{{ api_key = "k" }}.list()',
        "list is a method: call it with a colon",
    ),
}


def told(log):
    """What nginx printed of an error: its line, without a traceback."""
    (line,) = re.findall(r"\[error\] .*?(?:_by_lua error|runtime error): (.*)", log)
    return line


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_at_start_is_told(start, name, monkeypatch):
    monkeypatch.delenv("PGAI_API_KEY", raising=False)
    code, message = MISTAKES[name]
    log = refused(start, http=f"init_by_lua_block {{ {code} }}")
    line = told(log)
    assert message in line
    assert "init_by_lua(nginx.conf" in line, "where it is"
    assert KEY not in log


@pytest.mark.parametrize("phase", ["rewrite", "access", "content"])
def test_a_mistake_in_a_request_is_told(start, phase):
    code, message = MISTAKES["a misspelt option"]
    nginx = start(server=location("/", code, phase))
    assert fetch(nginx, "/")[0] == 500
    assert message in told(nginx.log())


def test_a_mistake_in_init_worker_is_told(start):
    code, message = MISTAKES["a wrong type"]
    nginx = start(http=f"init_worker_by_lua_block {{ {code} }}")
    nginx.wait_for(lambda: "_by_lua error" in nginx.log(), "nothing was said")
    assert message in told(nginx.log())


def test_a_mistake_in_a_module_is_told(start, tmp_path):
    (tmp_path / "gateway.lua").write_text(
        'local it = require("pgai").contacts{ api_key = "k", dedline = 5 }\nreturn it',
        "utf-8",
    )
    log = refused(
        start,
        http='init_by_lua_block { require("gateway") }',
        lua_path=f"{tmp_path}/?.lua;",
    )
    assert "gateway.lua:1: pgai: contacts has no option dedline" in told(log)


def test_the_module_of_another_lua_is_told(start, tmp_path):
    (tmp_path / "pgai").mkdir()
    (tmp_path / "pgai" / "core.so").write_bytes(b"no module")
    log = refused(
        start,
        http=f"init_by_lua_block {{ package.cpath = {json.dumps(str(tmp_path))} .. "
        '"/?.so" require("pgai") }',
    )
    assert re.search(r"pgai.core cannot be loaded into LuaJIT [\d.]+", told(log))


def test_a_failure_that_nobody_catches_is_told(start, pgai_sandbox):
    code = client(pgai_sandbox.url) + 'contacts:get("nobody")'
    nginx = start(server=location("/", code))
    assert fetch(nginx, "/")[0] == 500
    assert told(nginx.log()).startswith("pgai: Contact not found (HTTP status 404)")


CAUGHT = {
    "pcall": "local _, err = pcall(wrong)",
    "xpcall": "local err xpcall(wrong, function(value) err = value end)",
    "coroutine": "local _, err = coroutine.resume(coroutine.create(wrong))",
    "pcall of a module": """
        package.loaded.wrong, package.preload.wrong = nil, wrong
        local _, err = pcall(require, "wrong")""",
    "light thread": """
        local err
        if ngx.get_phase() == "content" then
            _, err = ngx.thread.wait(ngx.thread.spawn(wrong))
        else
            _, err = pcall(wrong)
        end""",
}


@pytest.mark.parametrize("way", CAUGHT)
def test_who_catches_an_error_has_its_fields(start, way):
    code = f"""
        local function wrong() {PGAI}.contacts{{ api_key = "k", dedline = 5 }} end
        {CAUGHT[way]}
        local said = {PGAI}.is_error(err, "usage") and err.message"""
    nginx = start(
        http="lua_shared_dict said 1m;\n"
        f'init_by_lua_block {{ {code} ngx.shared.said:set("said", said) }}',
        server=location("/", f'{code} ngx.say(said, " ", ngx.shared.said:get("said"))'),
    )
    message = "contacts has no option dedline; did you mean deadline?"
    assert say(nginx) == f"{message} {message}"
