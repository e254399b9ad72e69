"""Errors that nobody catches: nginx prints text alone, and it must say what is wrong."""

import re

import pytest
from conftest import client, fetch, location, refused, say

PGAI = 'require("pgai")'
MISSPELT = f'{PGAI}.contacts{{ api_key = "k", dedline = 5 }}'
MEANT = "contacts has no option dedline; did you mean deadline?"

# Those at start are in test_messages.py, with others.
MISTAKES = {
    MISSPELT: MEANT,
    f'{PGAI}.contacts("k")': "contacts takes a table of options",
    'require("pgai.pacing").shared("nowhere")': 'there is no lua_shared_dict "nowhere"',
    'require("pgai.transports.cosocket").new{ pool_sise = 3 }': (
        "transport has no option pool_sise; did you mean pool_size?"
    ),
    'require("pgai.transports.resty_http").new{ idle_timeout = "30s" }': (
        "idle_timeout must be a number, not string"
    ),
}


def told(log):
    """What nginx printed of an error: its line, without a traceback."""
    (line,) = re.findall(r"\[error\] .*?(?:_by_lua error|runtime error): (.*)", log)
    return line


@pytest.mark.parametrize("phase", ["rewrite", "access", "content"])
@pytest.mark.parametrize("code", MISTAKES)
def test_a_mistake_in_a_request_is_told(start, phase, code):
    nginx = start(server=location("/", code, phase))
    assert fetch(nginx, "/")[0] == 500
    assert MISTAKES[code] in told(nginx.log())


def test_a_mistake_in_init_worker_is_told(start):
    nginx = start(http=f"init_worker_by_lua_block {{ {MISSPELT} }}")
    nginx.wait_for(lambda: "_by_lua error" in nginx.log(), "nothing was said")
    assert MEANT in told(nginx.log())


def test_a_mistake_in_a_module_is_told(start, tmp_path):
    (tmp_path / "gateway.lua").write_text(
        f"local made = {MISSPELT}\nreturn made", "utf-8"
    )
    log = refused(
        start,
        http='init_by_lua_block { require("gateway") }',
        lua_path=f"{tmp_path}/?.lua;",
    )
    assert f"gateway.lua:1: pgai: {MEANT}" in told(log)


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
        local function wrong() {MISSPELT} end
        {CAUGHT[way]}
        local said = {PGAI}.is_error(err, "usage") and err.message"""
    nginx = start(
        http="lua_shared_dict said 1m;\n"
        f'init_by_lua_block {{ {code} ngx.shared.said:set("said", said) }}',
        server=location("/", f'{code} ngx.say(said, " ", ngx.shared.said:get("said"))'),
    )
    assert say(nginx) == f"{MEANT} {MEANT}"
