"""What only nginx has: its annotations, the key file, keys that change."""

import json
import re

import pytest
from conftest import client, location, say
from nginx import ROOT

META = (ROOT / "lua/pgai/meta.lua").read_text("utf-8")


def annotated(name):
    return set(re.findall(rf"^function {name}[.:](\w+)", META, re.MULTILINE))


@pytest.mark.parametrize(
    ("name", "lua"),
    [
        ("cache", 'require("pgai.cache")'),
        ("Cache", 'getmetatable(require("pgai.cache").shared("dict")).__index'),
        ("pacing", 'require("pgai.pacing")'),
        ("Pacing", 'getmetatable(require("pgai.pacing").shared("dict")).__index'),
        ("cosocket", 'require("pgai.transports.cosocket")'),
        ("cosocket", 'require("pgai.transports.resty_http")'),
    ],
)
def test_the_annotations_name_the_functions_there_are(start, name, lua):
    code = f"""
        for name, value in pairs({lua}) do
            if type(value) == "function" then ngx.say(name) end
        end
        """
    nginx = start(http="lua_shared_dict dict 1m;", server=location("/", code))
    assert set(say(nginx).split()) == annotated(name)


@pytest.mark.parametrize(
    "text", ["sandbox_key\n", "sandbox_key", " sandbox_key \r\nmore"]
)
def test_a_key_from_a_file_that_others_cannot_read(start, pgai_sandbox, tmp_path, text):
    path = tmp_path / "key"
    path.write_bytes(text.encode())
    path.chmod(0o600)
    key = f'require("pgai.key_file")({json.dumps(str(path))})'
    made = client(pgai_sandbox.url, api_key=key)
    nginx = start(
        http=f"init_by_lua_block {{ {made} package.loaded.made_contacts = contacts }}",
        server=location("/", 'ngx.say(#require("made_contacts"):list())'),
    )
    assert say(nginx) == "50"


def test_a_key_that_a_function_gives(start, pgai_sandbox):
    code = (
        'local keys = { "sandbox_key", "wrong", "sandbox_read" }'
        + client(pgai_sandbox.url, api_key="function() return table.remove(keys, 1) end")
        + """
        for _ = 1, 3 do
            local page, err = contacts:safe():list{ limit = 1 }
            ngx.say(page and "listed" or err.kind)
        end
        """
    )
    nginx = start(server=location("/", code))
    assert say(nginx).split() == ["listed", "authentication", "listed"]


def test_pages_and_each_under_safe_and_not(start, pgai_sandbox):
    code = (
        client(pgai_sandbox.url, max_attempts="1")
        + """
        local seen = 0
        for page in contacts:pages{ limit = 20 } do seen = seen + #page end
        for _ in contacts:each{ start = 3 } do seen = seen + 1 end
        ngx.say(seen)
        local walk = contacts:safe():each{ limit = 50 }
        local contact, err = walk:next()
        local count = 0
        while contact do
            count = count + 1
            contact, err = walk:next()
        end
        ngx.say(count, " ", err.kind, " ", err.cursor == walk:cursor())
        """
    )
    pgai_sandbox.fault(
        {"fault": "status", "code": 503, "match": {"path": "/v1/contacts*", "nth": 75}}
    )
    assert say(start(server=location("/", code))).split("\n") == [
        "1900",
        "300 server true",
    ]
