"""Each fault of the sandbox after a good response, twice, in one worker, over both
transports: what comes is what tests/support/faults.json allows, the same both times, and
good responses stay right."""

import json
import os
import pathlib

import pytest
from conftest import location, say
from nginx import ROOT, Nginx

from pgai.testing import Sandbox

LIBRARY = os.environ.get("PGAI_RESTY_HTTP", pathlib.Path(__file__).parent / "stub")
FAULTS = json.loads((ROOT / "tests/support/faults.json").read_text())
LISTED = [(group, entry) for group, entries in FAULTS.items() for entry in entries]
# One client for all requests of a location.
CALL = """
    local made = package.loaded.odd or {{}}
    package.loaded.odd = made
    local contacts = made.{transport} or require("pgai").contacts{{
        api_key = "sandbox_key", base_url = "{url}", transport = "{transport}",
        max_attempts = 1, pace = false }}
    made.{transport} = contacts
    local given = {{ timeout = tonumber(ngx.var.arg_timeout) }}
    local calls = {{
        create = function() return contacts:create({{ first_name = "Ann" }}, given) end,
        paging = function() return contacts:list(given) end,
        get = function() return contacts:get(ngx.var.arg_id, given) end,
    }}
    local fine, got = pcall(calls[ngx.var.arg_call])
    local right = fine and (got.id == ngx.var.arg_id or ngx.var.arg_odd)
    ngx.say(right and "good" or got.kind or "another contact")
"""


@pytest.fixture(scope="module")
def service():
    with Sandbox(contacts=5) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def other(service):
    """On connections of its own."""
    with service.client(pace=False) as contacts:
        yield contacts


@pytest.fixture(scope="module")
def nginx(service, tmp_path_factory):
    server = "".join(
        location(f"/{transport}", CALL.format(url=service.url, transport=transport))
        for transport in ("cosocket", "resty_http")
    )
    served = Nginx(
        tmp_path_factory.mktemp("nginx"), server=server, lua_path=f"{LIBRARY}/?.lua;"
    )
    yield served
    served.stop()


def pass_time(service, other, contact_id, ms):
    """Let time pass at the sandbox: another client's response comes that much later."""
    service.reset()
    service.fault({"fault": "latency", "ms": ms})
    other.get(contact_id)


@pytest.mark.parametrize("transport", ["cosocket", "resty_http"])
@pytest.mark.parametrize(
    ("group", "entry"), LISTED, ids=[json.dumps(entry["rule"]) for _, entry in LISTED]
)
def test_after_a_good_response_twice(nginx, service, other, transport, group, entry):
    # What the library makes of heads and chunks is its own affair.
    foreign = transport == "resty_http" and group in ("framing", "headers")
    timeout = 0.2 if "timeout" in entry["may"] else 1 if foreign else 10
    service.reset()
    contact_id = other.list()[0].id
    kind = group if group in ("create", "paging") else "get"

    def call(kind, more=""):
        return say(nginx, f"/{transport}?call={kind}&id={contact_id}{more}")

    assert call("get") == "good"
    came = []
    for _ in range(2):
        service.reset()
        service.fault(entry["rule"])
        came.append(call(kind, f"&odd=1&timeout={timeout}"))
        if "then_ms" in entry:
            pass_time(service, other, contact_id, entry["then_ms"])
    service.reset()
    assert foreign or came[0] in entry["may"]
    assert came[0] == came[1]
    assert call("get") == "good"
