"""Each message that docs/nginx.md has a cure for: it comes, with these words."""

import contextlib
import json
import re
import sys
import threading

import pytest
from certificates import Certificate
from conftest import client, fetch, location, refused, say
from name_server import NameServer
from nginx import ROOT
from peer import Peer

sys.path.insert(0, str(ROOT / "tests" / "python"))
from tls_server import tls_server

STUB = ROOT / "tests" / "nginx" / "stub"
PGAI = 'require("pgai")'
BAD_KEY = "test_key_0 with blanks"

# So that a failure is seen at once, and any address may be asked.
ONCE = {"max_attempts": "1", "allow_cleartext": "true"}
# The sandbox's own key goes to this machine's names only.
ELSEWHERE = {"api_key": '"test_key_0"'}
LIST = "contacts:list()"

AT_START = {
    "there is no API key: give the option api_key, or set PGAI_API_KEY": (
        f"{PGAI}.contacts()"
    ),
    "the key file cannot be read: ...": 'require("pgai.key_file")("/nowhere/key")',
    "api_key has a blank, a line break or another byte": (
        f'{PGAI}.contacts{{ api_key = "{BAD_KEY}" }}'
    ),
    "... has no option ...; did you mean ...?": (
        f'{PGAI}.contacts{{ api_key = "k", dedline = 5 }}'
    ),
    "deadline must be a number of seconds or false, not string": (
        f'{PGAI}.contacts{{ api_key = "k", deadline = "5s" }}'
    ),
    "the option ca has no effect inside nginx": (
        f'{PGAI}.contacts{{ api_key = "k", ca = "/x" }}'
    ),
    "the option proxy has no effect inside nginx": (
        f'{PGAI}.contacts{{ api_key = "k", proxy = "http://127.0.0.1:1" }}'
    ),
    "base_url is http:// and not a loopback address": (
        f'{PGAI}.contacts{{ api_key = "k", base_url = "http://contacts.test/v1" }}'
    ),
    'there is no lua_shared_dict "..." in nginx.conf': (
        'require("pgai.cache").shared("nowhere")'
    ),
    "module 'pgai' not found": f'package.path = "" {PGAI}.contacts()',
}

# What a location does with a client, the client's options, and the sandbox's faults.
IN_A_CALL = {
    "connection refused": (LIST, {"base_url": '"http://127.0.0.1:1/v1"'}, None),
    "network is unreachable": (LIST, {"base_url": '"http://224.0.0.1/v1"'}, None),
    'no resolver defined to resolve "..."': (
        LIST,
        {"base_url": '"http://contacts.test/v1"'},
        None,
    ),
    "a call has to wait, which nginx cannot do in ...": (
        "table.sort({ 1, 2 }, function() contacts:list() end)",
        {},
        None,
    ),
    "page is 0, but must be at least 1": ("contacts:list{ page = 0 }", {}, None),
    "id must be a string, not nil": ("contacts:get(nil)", {}, None),
    "list is a method: call it with a colon": ("contacts.list()", {}, None),
    "too many open files": (
        """
        require("pgai.transports.cosocket")
        local held = {}
        repeat
            local file = io.open("/dev/null")
            held[#held + 1] = file
        until not file
        contacts:list()""",
        {},
        None,
    ),
    "Invalid API key": (LIST, {"api_key": '"test_key_0"'}, None),
    "This API key lacks a permission. Required scope: ...": (
        'contacts:create{ first_name = "Sarah" }',
        {"api_key": '"sandbox_read"'},
        None,
    ),
    "Rate limit exceeded; try again in ... s": (
        LIST,
        {"max_wait": "1"},
        {"fault": "rate_limited", "seconds": 60},
    ),
    "no response in time": (LIST, {"timeout": "0.2"}, {"fault": "stall", "k": 0}),
    "it ended inside the headers": (LIST, {}, {"fault": "cut", "k": 20}),
    "it ended inside the body": (LIST, {}, {"fault": "length_more"}),
    "a Content-Encoding that was not requested": (LIST, {}, {"fault": "encoding_wrong"}),
    "the service redirects (status 302)": (LIST, {}, {"fault": "redirect"}),
}
SPECIAL = {}


def shown():
    """All messages in the tables of the page."""
    page = (ROOT / "docs/nginx.md").read_text("utf-8")
    section = page.partition("## Error messages")[2].partition("\n## ")[0]
    rows = [
        line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")
    ]
    return [message for row in rows for message in re.findall("`([^`]+)`", row)]


def told(message, text):
    """Whether a text has a message, in which dots stand for anything."""
    return re.search(re.escape(message).replace(r"\.\.\.", ".+"), text)


def provokes(message):
    """Mark the test of one message."""

    def mark(test):
        SPECIAL[message] = test
        return test

    return mark


def doing(code, url, **options):
    """Lua that makes a client, and says what came of what it does with it."""
    made = client(url, **{**ONCE, **options})
    return f"""{made}
        local ok, err = pcall(function() {code} end)
        ngx.say(ok and "it went well" or tostring(err))"""


def until_told(nginx, message, path="/"):
    """Ask until the message comes: lua-resty-core does not tell each time."""
    texts = set()
    for _ in range(300):
        texts.add(say(nginx, path))
        if any(told(message, text) for text in texts):
            return
    raise AssertionError(texts)


def test_each_message_is_provoked():
    assert sorted(shown()) == sorted([*AT_START, *IN_A_CALL, *SPECIAL])


@pytest.mark.parametrize("message", AT_START)
def test_at_start(start, message, monkeypatch):
    monkeypatch.delenv("PGAI_API_KEY", raising=False)
    log = refused(start, http=f"init_by_lua_block {{ {AT_START[message]} }}")
    lines = [line for line in log.splitlines() if "init_by_lua error: " in line]
    assert len(lines) == 1
    assert told(message, lines[0])
    assert "init_by_lua(nginx.conf" in lines[0], "where it is"
    assert BAD_KEY not in log


@pytest.mark.parametrize("message", IN_A_CALL)
def test_in_a_call(start, pgai_sandbox, message):
    code, options, fault = IN_A_CALL[message]
    if fault:
        pgai_sandbox.fault(fault)
    options = dict(options)
    if "base_url" in options:
        options |= ELSEWHERE
    url = json.loads(options.pop("base_url", json.dumps(pgai_sandbox.url)))
    nginx = start(server=location("/", doing(code, url, **options)))
    nginx.expected.append("socket() failed (24: Too many open files)")
    assert told(message, say(nginx))


@provokes("the key file ... can be read by others: chmod 600 it")
@provokes("the key file ... has no key in its first line")
@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        (
            "test_key_0_of_a_file\n",
            0o644,
            "the key file ... can be read by others: chmod 600 it",
        ),
        ("", 0o600, "the key file ... has no key in its first line"),
        (" \r\ntest_key_0\n", 0o600, "the key file ... has no key in its first line"),
    ],
)
def test_a_key_file_that_is_none(start, tmp_path, text, mode, message):
    path = tmp_path / "key"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    code = f'require("pgai.key_file")({json.dumps(str(path))})'
    log = refused(start, http=f"init_by_lua_block {{ {code} }}")
    assert told(message, log)
    assert "test_key_0" not in log


@provokes("pgai.core cannot be loaded into LuaJIT")
def test_a_module_for_another_lua(start, tmp_path):
    (tmp_path / "pgai").mkdir()
    (tmp_path / "pgai" / "core.so").write_bytes(b"no module")
    path = json.dumps(f"{tmp_path}/?.so")
    log = refused(start, http=f"init_by_lua_block {{ package.cpath = {path} {PGAI} }}")
    assert "init_by_lua error: pgai.core cannot be loaded into LuaJIT" in log


@provokes('host not found in resolver "local=on"')
def test_a_resolver_of_openresty(start):
    log = refused(start, http="resolver local=on;")
    assert told('host not found in resolver "local=on"', log)


@provokes("could not be resolved (3: Host not found)")
def test_a_name_that_there_is_not(start):
    with contextlib.closing(NameServer(found=False)) as nobody:
        nginx = start(
            http=f"resolver {nobody.address};",
            server=location("/", doing(LIST, "http://contacts.test/v1", **ELSEWHERE)),
        )
        assert told("could not be resolved (3: Host not found)", say(nginx))


def test_a_worker_that_does_not_see_the_key(start, monkeypatch):
    monkeypatch.setenv("PGAI_API_KEY", "test_key_0")
    code = f"ngx.say(select(2, pcall({PGAI}.contacts)).message)"
    nginx = start(server=location("/", code))
    assert say(nginx).endswith("; workers see it with env PGAI_API_KEY; in nginx.conf")
    assert say(nginx).startswith(next(iter(AT_START)))
    made = f"ngx.say(tostring({PGAI}.contacts()))"
    nginx = start(main="env PGAI_API_KEY;", server=location("/", made))
    assert say(nginx).startswith("pgai.Contacts")


@provokes("no connection in time")
def test_a_name_server_that_is_silent(start):
    code = doing(LIST, "http://contacts.test/v1", connect_timeout="0.2", **ELSEWHERE)
    with contextlib.closing(NameServer(found=None)) as silent:
        nginx = start(http=f"resolver {silent.address};", server=location("/", code))
        assert told("no connection in time", say(nginx))


@provokes("no TLS in time")
@provokes("handshake failed; if the port speaks http, base_url must begin with http://")
def test_a_service_without_tls(start, pgai_sandbox):
    silent = threading.Event()
    with contextlib.closing(Peer(lambda connection, number: silent.wait(20))) as peer:
        nginx = start(
            server=location("/plain", doing(LIST, https(pgai_sandbox.url)))
            + location("/", doing(LIST, https(peer.url), connect_timeout="0.2"))
        )
        assert told(
            "handshake failed; if the port speaks http, base_url must begin with http://",
            say(nginx, "/plain"),
        )
        assert told("no TLS in time", say(nginx))
        silent.set()


def https(url, name="127.0.0.1"):
    return url.replace("http:", "https:").replace("127.0.0.1", name)


@pytest.fixture
def secured(start, name_server, tmp_path):
    """Start an nginx that asks a server with a certificate, under a name."""
    with contextlib.ExitStack() as stack:

        def ask(certificate, trusted=None, name="contacts.test", depth=1):
            peer = stack.enter_context(certificate.serve())
            trust = f"lua_ssl_trusted_certificate {trusted.own};" if trusted else ""
            return start(
                http=f"""resolver {name_server.address};
                    lua_ssl_verify_depth {depth}; {trust}""",
                server=location("/", doing(LIST, https(peer.url, name), **ELSEWHERE)),
            )

        yield ask


@provokes("18: self-signed certificate")
def test_a_certificate_of_its_own(secured, tmp_path):
    own = Certificate(tmp_path, "own", names="contacts.test")
    until_told(secured(own), "18: self-signed certificate")


@provokes("20: unable to get local issuer certificate")
@provokes("10: certificate has expired")
def test_a_certificate_of_an_authority(secured, tmp_path):
    root = Certificate(tmp_path, "root")
    leaf = Certificate(tmp_path, "leaf", signer=root, names="contacts.test")
    leaf.chain.write_bytes(leaf.own.read_bytes())
    until_told(secured(leaf), "20: unable to get local issuer certificate")
    old = Certificate(tmp_path, "old", signer=root, names="contacts.test", days=-1)
    until_told(secured(old, root), "10: certificate has expired")
    above = Certificate(tmp_path, "above", signer=root)
    below = Certificate(tmp_path, "below", signer=above)
    far = Certificate(tmp_path, "far", signer=below, names="contacts.test")
    until_told(secured(far, root), "20: unable to get local issuer certificate")
    until_told(secured(far, root, depth=2), "it ended inside the headers")


@provokes("certificate host mismatch")
@provokes("nginx checks only names in certificates")
def test_a_certificate_of_another_name(secured, tmp_path):
    root = Certificate(tmp_path, "root")
    leaf = Certificate(tmp_path, "leaf", signer=root, names="contacts.test")
    until_told(secured(leaf, root, name="other.test"), "certificate host mismatch")
    until_told(
        secured(leaf, root, name="127.0.0.1"), "nginx checks only names in certificates"
    )
    until_told(
        secured(leaf, root, name="localhost"), "host mismatch; it is for another host"
    )


@provokes("the certificate was not accepted")
def test_a_certificate_that_lua_resty_core_does_not_explain(start):
    """It raises an assertion where a handshake fails at once; no test can provoke it."""
    code = """
        local nginx = require("pgai.transports.nginx")
        local _, words = nginx.handshake(error, "assertion failed!")
        local _, failure = nginx.unsecured({ host = "contacts.test" }, words)
        ngx.say(failure.message)
        """
    assert told(
        "the certificate was not accepted", say(start(server=location("/", code)))
    )


def test_an_address_is_a_name_to_nginx(start, pgai_sandbox, tmp_path):
    """A certificate with the address is not accepted; one with it as a name is."""
    with tls_server(tmp_path, pgai_sandbox.url, "IP:127.0.0.1") as server:
        nginx = start(
            http=f"lua_ssl_trusted_certificate {server.certificate};",
            server=location("/", doing(LIST, server.url, **ELSEWHERE)),
        )
        assert told("nginx checks only names in certificates", say(nginx))
    (tmp_path / "as_name").mkdir()
    with tls_server(tmp_path / "as_name", pgai_sandbox.url, "DNS:127.0.0.1") as server:
        nginx = start(
            http=f"lua_ssl_trusted_certificate {server.certificate};",
            server=location("/", doing(LIST, server.url, **ELSEWHERE)),
        )
        assert say(nginx) == "it went well"


@provokes("too many waiting connect operations")
def test_more_callers_than_a_pool_takes(start, pgai_sandbox):
    pgai_sandbox.fault({"fault": "latency", "ms": 300})
    transport = 'require("pgai.transports.cosocket").new{ pool_size = 1, backlog = 0 }'
    code = """
        local other = ngx.thread.spawn(contacts.list, contacts)
        local ok, err = pcall(contacts.list, contacts)
        ngx.thread.wait(other)
        error(err)"""
    nginx = start(
        server=location("/", doing(code, pgai_sandbox.url, transport=transport))
    )
    assert told("too many waiting connect operations", say(nginx))


@provokes("worker_connections are not enough")
def test_more_connections_than_a_worker_has(start, pgai_sandbox):
    nginx = start(server=location("/", doing(LIST, pgai_sandbox.url)), connections=3)
    nginx.expected.append("worker_connections are not enough")
    assert told("raise worker_connections in nginx.conf", say(nginx))
    assert told("worker_connections are not enough", nginx.log())


@provokes("...; is the path in base_url right?")
def test_another_path(start, pgai_sandbox):
    code = doing(LIST, pgai_sandbox.url.replace("/v1", "/v2"))
    assert told(
        "...; is the path in base_url right?", say(start(server=location("/", code)))
    )


@provokes("bad request (status 400); base_url must begin with https://")
def test_a_port_for_https(start, pgai_sandbox, tmp_path):
    with tls_server(tmp_path, pgai_sandbox.url) as server:
        code = doing(LIST, server.url.replace("https:", "http:"), **ELSEWHERE)
        said = say(start(server=location("/", code)))
    assert told("bad request (status 400); base_url must begin with https://", said)


@provokes("if the port speaks https, base_url must begin with https://")
@pytest.mark.parametrize(
    ("transport", "answered"),
    [("cosocket", b""), ("cosocket", b"SSH-2.0-OpenSSH\r\n"), ("resty_http", b"")],
)
def test_a_port_that_does_not_answer_in_http(start, transport, answered):
    def play(connection, number):
        peer.take(connection)
        connection.sendall(answered)

    with contextlib.closing(Peer(play)) as peer:
        code = doing(LIST, peer.url, transport=json.dumps(transport))
        nginx = start(server=location("/", code), lua_path=f"{STUB}/?.lua;")
        said = say(nginx)
    assert told("if the port speaks https, base_url must begin with https://", said)


@provokes("the deadline passed while another caller asked for the same")
def test_a_caller_who_waits_for_another(start, pgai_sandbox):
    pgai_sandbox.fault({"fault": "latency", "ms": 1500})
    code = """
        local other = ngx.thread.spawn(contacts.list, contacts)
        local ok, err = pcall(contacts.list, contacts, { deadline = 0.2 })
        ngx.thread.wait(other)
        error(err)"""
    cache = 'require("pgai.cache").shared("kept")'
    nginx = start(
        http="lua_shared_dict kept 1m;",
        server=location("/", doing(code, pgai_sandbox.url, cache=cache)),
    )
    assert told("the deadline passed while another caller asked for the same", say(nginx))


@provokes("the worker process is exiting")
@pytest.mark.parametrize("cache", ["nil", 'require("pgai.cache").shared("kept")'])
def test_a_worker_that_is_exiting(start, pgai_sandbox, cache):
    pgai_sandbox.fault({"fault": "rate_limited", "seconds": 60})
    code = doing(LIST, pgai_sandbox.url, cache=cache, max_attempts="4")
    nginx = start(http="lua_shared_dict kept 1m;", server=location("/", code))
    said = []
    threads = [threading.Thread(target=lambda: said.append(say(nginx))) for _ in range(2)]
    for thread in threads:
        thread.start()
    nginx.wait_for(lambda: pgai_sandbox.log()["counts"]["requests"], "no request came")
    nginx.reload()
    for thread in threads:
        thread.join(timeout=10)
    assert len(said) == 2
    assert all(told("the worker process is exiting", text) for text in said), said


@provokes("runtime error: unknown reason")
def test_an_error_in_a_timer(start):
    code = f"ngx.timer.at(0, function() {PGAI}.contacts{{ dedline = 5 }} end)"
    nginx = start(server=location("/", code))
    fetch(nginx, "/")
    nginx.wait_for(lambda: "aborted" in nginx.log(), "nothing was said")
    assert told("runtime error: unknown reason", nginx.log())
