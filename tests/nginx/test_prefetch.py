"""Several pages in flight inside nginx, each in a light thread, over both transports."""

import os
import pathlib

import pytest
from conftest import client, location, say

LIBRARY = os.environ.get("PGAI_RESTY_HTTP", pathlib.Path(__file__).parent / "stub")


@pytest.fixture(params=["cosocket", "resty_http"])
def ask(request, start, pgai_sandbox):
    """Run Lua inside nginx, with `contacts`, and return what it said."""

    def ask(code):
        code = client(pgai_sandbox.url, transport=f'"{request.param}"') + code
        return say(start(server=location("/", code), lua_path=f"{LIBRARY}/?.lua;"))

    return ask


def test_pages_come_in_order_over_several_connections(ask, pgai_sandbox):
    pgai_sandbox.fault({"fault": "latency", "ms": 20})
    said = ask(
        """
        local function ids(prefetch)
            local all = {}
            for contact in contacts:each{ prefetch = prefetch } do
                all[#all + 1] = contact.id
            end
            return #all, table.concat(all)
        end
        local count, one = ids(1)
        local _, many = ids(4)
        ngx.say(count, " ", one == many)
        """
    )
    assert said == "1000 true"
    assert pgai_sandbox.log()["counts"]["connections"] >= 4


def test_a_page_that_failed_is_tried_again_in_its_turn(ask, pgai_sandbox):
    pgai_sandbox.fault({"fault": "status", "code": 503, "match": {"nth": 3}})
    pgai_sandbox.fault({"fault": "cut", "k": 100, "match": {"nth": 4}})
    said = ask(
        """
        local count = 0
        local walk = contacts:each{ prefetch = 4 }
        for _ in walk do count = count + 1 end
        ngx.say(count, " ", walk:stats().retries >= 1)
        """
    )
    assert said == "1000 true"


def test_an_error_in_a_light_thread_reaches_the_loop(ask, pgai_sandbox):
    said = ask(
        """
        local transport = require("pgai.transports.cosocket").new()
        local calls = 0
        local broken = setmetatable({
            request = function(_, req)
                calls = calls + 1
                if calls == 3 then error("no luck", 0) end
                return transport:request(req)
            end,
        }, { __index = transport })
        local walk = contacts:with_options{ transport = broken }:pages{ prefetch = 4 }
        walk:next()
        ngx.say(select(2, pcall(walk.next, walk)))
        """
    )
    assert said == "no luck"
