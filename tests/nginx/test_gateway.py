"""The gateway of examples/nginx, with a sandbox behind it."""

import http.client
import json
import os
import re
import shutil
import subprocess
import threading

import pytest
from conftest import location, say
from nginx import LUA_MODULES, ROOT, Nginx, listener

EXAMPLE = ROOT / "examples" / "nginx"


@pytest.fixture
def gateway(tmp_path, pgai_sandbox):
    """The example as it stands, but for its port and where it finds the module."""
    taken = listener()
    text = (EXAMPLE / "nginx.conf").read_text("utf-8")
    replaced = {
        "127.0.0.1:8080": f"127.0.0.1:{taken.getsockname()[1]}",
        "$prefix/lua/?.lua;": f"{EXAMPLE}/lua/?.lua;{ROOT}/lua/?.lua;"
        f"{ROOT}/lua/?/init.lua;",
        "lua_shared_dict pgai_cache": f'lua_package_cpath "{LUA_MODULES}/?.so;;";\n'
        "    lua_shared_dict pgai_cache",
        "http {": "http {\n    client_body_temp_path t; proxy_temp_path t; "
        "fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;",
    }
    for old, new in replaced.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    os.environ.update(PGAI_API_KEY="sandbox_key", PGAI_BASE_URL=pgai_sandbox.url)
    try:
        nginx = Nginx.of(tmp_path / "gateway", text, taken)
    finally:
        del os.environ["PGAI_API_KEY"], os.environ["PGAI_BASE_URL"]
    yield nginx
    nginx.stop()


def ask(gateway, path, method="GET", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


def ask_json(gateway, path, **options):
    response, text = ask(gateway, path, **options)
    assert response.headers["Content-Type"] == "application/json"
    return response.status, json.loads(text)


def test_pages_and_contacts(gateway, pgai_sandbox):
    status, page = ask_json(gateway, "/contacts?page=2&limit=10")
    assert status == 200
    assert page["pagination"] == {"page": 2, "limit": 10, "total": 1000}
    assert len(page["data"]) == 10
    with pgai_sandbox.client() as contacts:
        for item in page["data"]:
            expected = contacts.get(item["id"]).to_dict()
            assert ask_json(gateway, "/contact/" + item["id"]) == (200, expected)


def test_a_page_without_contacts_is_an_empty_list(gateway):
    assert ask_json(gateway, "/contacts?page=500&limit=50")[1]["data"] == []


def test_responses_are_cached(gateway, pgai_sandbox):
    first = ask_json(gateway, "/contacts?limit=1")
    assert [ask_json(gateway, "/contacts?limit=1") for _ in range(5)] == [first] * 5
    assert pgai_sandbox.log()["counts"]["requests"] == 1


def test_creating(gateway, pgai_sandbox):
    fields = {"first_name": "Sarah", "email": "sarah@example.com", "country": "US"}
    status, made = ask_json(gateway, "/contacts", method="POST", body=json.dumps(fields))
    assert status == 201
    assert made["first_name"] == "Sarah"
    created = pgai_sandbox.log()["created"]
    assert len(created) == 1
    assert created[0]["id"] == made["id"]


@pytest.mark.parametrize("body", ["", "{", "[]x", '"text"', '{"first_name": 7}'])
def test_a_bad_body_is_told(gateway, pgai_sandbox, body):
    status, said = ask_json(gateway, "/contacts", method="POST", body=body)
    assert status == 400
    assert said["error"]
    assert pgai_sandbox.log()["counts"]["requests"] == 0


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        *(
            (f"page={page}", "page")
            for page in ("abc", "0", "", "-1", "1.5", "1e3", "0x1")
        ),
        ("page=9999999999999999999999", "page"),
        *((f"page=2&limit={limit}", "limit") for limit in ("51", "0", "ten")),
    ],
)
def test_a_bad_query_is_told(gateway, pgai_sandbox, query, wrong):
    status, said = ask_json(gateway, f"/contacts?{query}")
    assert status == 400
    most = {"page": 1000000000, "limit": 50}[wrong]
    assert said == {"error": f"{wrong} must be a whole number from 1 to {most}"}
    assert pgai_sandbox.log()["counts"]["requests"] == 0


def kinds():
    """All kinds of errors, as <pgai/status.h> lists them."""
    header = (ROOT / "core/include/pgai/status.h").read_text("utf-8")
    words = re.findall(r"X\(\w+, \d+, (\w+),", header)
    return [word for word in words if word not in ("ok", "done")]


def test_there_is_a_response_to_each_kind_of_error(start):
    code = """
        for kind, response in pairs(require("refusals")) do
            ngx.say(kind, " ", response[1], " ", tostring(response[2]))
        end
        """
    nginx = start(server=location("/", code), lua_path=f"{EXAMPLE}/lua/?.lua;")
    rows = [line.split(" ", 2) for line in say(nginx).splitlines()]
    assert sorted(kind for kind, *_ in rows) == sorted(kinds())
    for kind, status, words in rows:
        # The words of an error are for callers where it is theirs.
        assert (words == "nil") == (int(status) < 500), kind


UNREACHABLE = "the contacts cannot be reached"
FAULTS = {
    "bad_request": ({"fault": "status", "code": 400}, 400, "Bad Request"),
    "authentication": ({"fault": "status", "code": 401}, 502, UNREACHABLE),
    "insufficient_credits": ({"fault": "status", "code": 402}, 502, UNREACHABLE),
    "permission_denied": ({"fault": "status", "code": 403}, 502, UNREACHABLE),
    "conflict": ({"fault": "status", "code": 409}, 409, "Conflict"),
    "unprocessable": (
        {"fault": "status", "code": 422},
        422,
        "Unprocessable Content",
    ),
    "api": ({"fault": "status", "code": 418}, 502, UNREACHABLE),
    "redirect": ({"fault": "redirect"}, 502, UNREACHABLE),
    "rate_limited": (
        {"fault": "rate_limited", "seconds": 60},
        503,
        "the contacts cannot be reached now: try again later",
    ),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_failure_is_told(gateway, pgai_sandbox, kind):
    fault, status, words = FAULTS[kind]
    pgai_sandbox.fault(fault)
    said = ask_json(gateway, "/contact/c1")
    assert said == (status, {"error": words, "kind": kind})


def test_what_there_is_not(gateway):
    status, said = ask_json(gateway, "/contact/nobody")
    assert (status, said) == (404, {"error": "Contact not found", "kind": "not_found"})
    assert ask_json(gateway, "/contact/")[0] == 404
    assert ask_json(gateway, "/contact/" + "x" * 300)[0] == 400
    assert ask_json(gateway, "/contacts?page=0")[0] == 400
    response, _ = ask(gateway, "/contacts", method="DELETE")
    assert response.status == 405
    assert response.headers["Allow"] == "GET, POST"


def test_what_the_service_does_wrong(gateway, pgai_sandbox):
    pgai_sandbox.fault(
        {"fault": "status", "code": 401, "match": {"path": "/v1/contacts/a"}}
    )
    pgai_sandbox.fault({"fault": "commit_then_drop", "match": {"method": "POST"}})
    status, said = ask_json(gateway, "/contact/a")
    assert (status, said["kind"]) == (502, "authentication")
    assert "key" not in said["error"], "that is not for callers"
    said = ask_json(gateway, "/contacts", method="POST", body='{"first_name": "S"}')
    assert said == (
        502,
        {
            "error": "the contact may or may not have been created: "
            "check whether it exists before you retry",
            "kind": "outcome_unknown",
            "outcome_unknown": True,
        },
    )


def test_a_limit_is_passed_on(gateway, pgai_sandbox):
    pgai_sandbox.fault({"fault": "rate_limited", "seconds": 60})
    response, text = ask(gateway, "/contact/a")
    assert response.status == 503
    assert 1 < int(response.headers["Retry-After"]) <= 60
    assert json.loads(text)["kind"] == "rate_limited"


def test_health(gateway, pgai_sandbox):
    assert ask_json(gateway, "/healthz") == (200, {"status": "ok"})
    assert pgai_sandbox.log()["counts"]["requests"] == 0


def test_metrics(gateway):
    threads = [
        threading.Thread(target=ask, args=(gateway, "/contacts")) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ask(gateway, "/contact/nobody")
    response, text = ask(gateway, "/metrics")
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    series = dict(line.rsplit(" ", 1) for line in lines)
    assert all(re.fullmatch(r"[a-z_]+(\{[a-z]+=\"[^\"]*\"\})?", name) for name in series)
    assert series['gateway_requests_total{status="200"}'] == "8"
    assert series['gateway_requests_total{status="404"}'] == "1"
    assert series['gateway_cache_total{result="hits"}'] == "7"
    assert series['gateway_cache_total{result="misses"}'] == "2"
    assert series['gateway_upstream_requests_total{outcome="200"}'] == "1"
    assert series["gateway_upstream_seconds_count"] == "2"
    assert float(series["gateway_upstream_seconds_sum"]) > 0


def test_metrics_are_those_of_prometheus(gateway):
    """Also before anything was counted."""
    promtool = os.environ.get("PGAI_PROMTOOL") or shutil.which("promtool")
    if not promtool:
        pytest.skip("there is no promtool; scripts/test has one")
    for path in ("/healthz", "/contacts", "/contact/nobody"):
        _, text = ask(gateway, "/metrics")
        checked = subprocess.run(
            [promtool, "check", "metrics"], input=text, text=True, capture_output=True
        )
        assert (checked.returncode, checked.stderr) == (0, ""), text
        ask(gateway, path)


def test_a_histogram_is_in_order(gateway):
    ask(gateway, "/contacts")
    _, text = ask(gateway, "/metrics")
    buckets = re.findall(r'gateway_upstream_seconds_bucket\{le="(.*)"\} (\d+)', text)
    bounds = [float(bound) for bound, _ in buckets]
    counts = [int(count) for _, count in buckets]
    assert bounds == sorted(bounds)
    assert buckets[-1] == ("+Inf", "1")
    assert counts == sorted(counts)
