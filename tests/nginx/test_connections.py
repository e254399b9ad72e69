"""Connections inside nginx: kept, lost, refused, verified."""

import contextlib
import http.client
import pathlib
import socket
import ssl
import sys
import threading
import time

import pytest
from conftest import client, fetch, location, say
from peer import ONE_CONTACT, Peer, response

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))
from tls_server import make_certificate, tls_server

GET = """
    local ok, found = pcall(contacts.get, contacts, "c1")
    ngx.say(ok and found.first_name or found.kind .. ": " .. found.message)
"""
CREATE = """
    local ok, made = pcall(contacts.create, contacts, { first_name = "Sarah" })
    ngx.say(ok and made.first_name or made.kind .. " " .. tostring(made.outcome_unknown))
"""
# A step at a time, so that a retry is seen and not waited for.
ONCE = {"max_attempts": "1"}


@pytest.fixture
def peer():
    """Start servers that answer with bytes of a test's choice."""
    with contextlib.ExitStack() as stack:
        yield lambda play: stack.enter_context(contextlib.closing(Peer(play)))


def test_a_worker_keeps_its_connection(start, pgai_sandbox):
    nginx = start(
        server=location("/", client(pgai_sandbox.url) + "ngx.say(#contacts:list())")
    )
    assert [say(nginx) for _ in range(20)] == ["50"] * 20
    assert pgai_sandbox.log()["counts"]["connections"] == 1


def test_a_create_has_a_connection_of_its_own(start, pgai_sandbox):
    code = client(pgai_sandbox.url) + "contacts:list()" + CREATE
    nginx = start(server=location("/", code))
    assert [say(nginx) for _ in range(3)] == ["Sarah"] * 3
    counts = pgai_sandbox.log()["counts"]
    assert counts["connections"] == 4
    assert counts["created"] == 3


def test_a_kept_connection_that_died_is_replaced_at_once(start, peer):
    silent = threading.Event()

    def play(connection, number):
        served.take(connection)
        connection.sendall(response())
        silent.wait(10)

    served = peer(play)
    nginx = start(server=location("/", client(served.url, **ONCE) + GET))
    assert say(nginx) == "Sarah"
    silent.set()
    # The worker has not seen the end of the connection, or has: either is fine.
    assert say(nginx) == "Sarah"
    assert served.connections == 2


def test_a_service_that_dies_with_each_request_is_told(start, peer):
    served = peer(lambda connection, number: served.take(connection))
    nginx = start(
        server=location("/get", client(served.url, **ONCE) + GET)
        + location("/create", client(served.url) + CREATE)
    )
    assert say(nginx, "/get").startswith("connection_lost: 127.0.0.1: it ended inside")
    assert say(nginx, "/create") == "outcome_unknown true"
    assert len(served.requests) == 2, "neither was sent again"


def test_creates_happen_once_whatever_becomes_of_their_connections(start, pgai_sandbox):
    pgai_sandbox.fault(
        {"fault": "commit_then_drop", "match": {"method": "POST", "every": 2}}
    )
    nginx = start(server=location("/", client(pgai_sandbox.url) + CREATE))
    said = [say(nginx) for _ in range(20)]
    assert said.count("Sarah") == 10
    assert said.count("outcome_unknown true") == 10
    assert pgai_sandbox.log()["counts"]["created"] == 20


@pytest.mark.parametrize("size", [1, 7])
def test_a_response_is_read_however_it_is_split(start, peer, size):
    whole = response(headers=["X-Request-Id: r1"])

    def play(connection, number):
        served.take(connection)
        for at in range(0, len(whole), size):
            connection.sendall(whole[at : at + size])
            time.sleep(0.0002)

    served = peer(play)
    nginx = start(server=location("/", client(served.url, **ONCE) + GET))
    assert say(nginx) == "Sarah"


def in_chunks(body, *sizes):
    """A response in chunks of these sizes, and one of the rest."""
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for size in (*sizes, len(body) - sum(sizes)):
        whole += b"%x\r\n%s\r\n" % (size, body[:size])
        body = body[size:]
    return whole + b"0\r\n\r\n"


ENDINGS = {"length": response(), "chunked": in_chunks(ONE_CONTACT, 10)}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_response_that_is_cut_anywhere_is_none(start, peer, ending):
    whole = ENDINGS[ending]

    def play(connection, number):
        served.take(connection)
        connection.sendall(whole[: number - 1])

    served = peer(play)
    nginx = start(server=location("/", client(served.url, **ONCE) + GET))
    for cut in range(len(whole)):
        said = say(nginx)
        assert said.startswith("connection_lost: "), (cut, said)
    assert say(nginx) == "Sarah"
    assert served.connections == len(whole) + 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_create_whose_response_is_cut_anywhere_is_not_sent_again(start, peer, ending):
    whole = ENDINGS[ending]

    def play(connection, number):
        served.take(connection)
        connection.sendall(whole[: number - 1])

    served = peer(play)
    nginx = start(server=location("/", client(served.url) + CREATE))
    for cut in range(len(whole)):
        assert say(nginx) == "outcome_unknown true", cut
    assert say(nginx) == "Sarah"
    assert len(served.requests) == len(whole) + 1


@pytest.mark.parametrize("call", [GET, CREATE], ids=["get", "create"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_response_in_two_parts_is_one(start, peer, ending, call):
    whole = ENDINGS[ending]

    def play(connection, number):
        served.take(connection)
        connection.sendall(whole[:number])
        time.sleep(0.001)
        connection.sendall(whole[number:])

    served = peer(play)
    nginx = start(server=location("/", client(served.url, **ONCE) + call))
    for split in range(1, len(whole)):
        assert say(nginx) == "Sarah", split
    assert len(served.requests) == len(whole) - 1


def test_leftover_bytes_end_a_connection(start, peer):
    def play(connection, number):
        while served.take(connection):
            connection.sendall(response() + b"HTTP/1.1 500 Oops\r\n\r\n")

    served = peer(play)
    nginx = start(server=location("/", client(served.url, **ONCE) + GET))
    assert [say(nginx) for _ in range(3)] == ["Sarah"] * 3
    assert served.connections == 3


def test_a_response_that_has_begun_is_not_asked_for_again_at_once(start, peer):
    def play(connection, number):
        served.take(connection)
        connection.sendall(response())
        served.take(connection)
        connection.sendall(response()[:20])

    served = peer(play)
    nginx = start(server=location("/", client(served.url, **ONCE) + GET))
    assert say(nginx) == "Sarah"
    assert say(nginx).startswith("connection_lost: ")
    assert (len(served.requests), served.connections) == (2, 1)


def timed(nginx, path="/"):
    began = time.monotonic()
    return say(nginx, path), time.monotonic() - began


def test_bytes_that_never_end_are_a_timeout(start, peer):
    def play(connection, number):
        served.take(connection)
        connection.sendall(response(b" " * 8_000_000)[:1000])
        while True:
            connection.sendall(b" ")

    served = peer(play)
    nginx = start(server=location("/", client(served.url, timeout="0.5", **ONCE) + GET))
    said, took = timed(nginx)
    assert said.startswith("timeout: ")
    assert took < 5


def test_a_late_byte_gives_no_more_time(start, peer):
    def play(connection, number):
        served.take(connection)
        time.sleep(1.8)
        connection.sendall(response()[:1])
        silent.wait(10)

    silent = threading.Event()
    served = peer(play)
    nginx = start(server=location("/", client(served.url, timeout="2", **ONCE) + GET))
    said, took = timed(nginx)
    silent.set()
    assert said.startswith("timeout: ")
    assert took < 3.2


def test_a_second_connection_gives_no_more_time(start, peer):
    def play(connection, number):
        served.take(connection)
        if number == 1:
            connection.sendall(response())
            served.take(connection)
            time.sleep(1.8)
        else:
            silent.wait(10)

    silent = threading.Event()
    served = peer(play)
    nginx = start(server=location("/", client(served.url, timeout="2", **ONCE) + GET))
    assert say(nginx) == "Sarah"
    said, took = timed(nginx)
    silent.set()
    assert said.startswith("timeout: ")
    assert served.connections == 2
    assert took < 3.2


def test_a_connection_has_a_time_of_its_own(start):
    # A queue of one that is full: to whoever comes next, nobody answers.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        options = {"connect_timeout": "0.2", "timeout": "20", **ONCE}
        wrapper = f"""
            local cosocket = require("pgai.transports.cosocket").new()
            local transport = setmetatable({{}}, {{ __index = cosocket }})
            function transport.request(_, req)
                req.connect_timeout = 0
                return cosocket:request(req)
            end
            {client(url, transport="transport", **options)}"""
        nginx = start(
            server=location("/", client(url, **options) + GET)
            + location("/none", wrapper + GET, more="lua_socket_connect_timeout 30s;")
        )
        for path in ("/", "/none"):
            said, took = timed(nginx, path)
            assert said == "timeout: 127.0.0.1: no connection in time"
            assert took < 10
        for each in waiting:
            each.close()


@pytest.fixture
def secured(name_server, tmp_path):
    """What makes connections of peers secure, and what of nginx.conf trusts it."""
    make_certificate(tmp_path, "DNS:contacts.test")
    certificate = tmp_path / "certificate.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")
    trust = f"""resolver {name_server.address};
        lua_ssl_trusted_certificate {certificate};"""
    return context, trust


def over_tls(url):
    return url.replace("http://127.0.0.1", "https://contacts.test")


@pytest.mark.parametrize("size", [1024, 4096, 5000, 8192])
@pytest.mark.parametrize("first", [0, 1000])
def test_bytes_behind_a_response_are_not_the_next_over_tls(
    start, peer, secured, size, first
):
    def padded(body):
        bare = response(body, headers=["X-Padding: "])
        return bare.replace(b"X-Padding: ", b"X-Padding: " + b"x" * (size - len(bare)))

    def play(connection, number):
        with secured[0].wrap_socket(connection, server_side=True) as connection:
            while served.take(connection):
                connection.sendall(padded(ONE_CONTACT)[:first])
                time.sleep(0.02 if first else 0)
                # In one record: nginx may take the one from TLS without the other.
                asked_for = padded(ONE_CONTACT)[first:]
                connection.sendall(
                    asked_for + response(b'{"id": "c1", "first_name": "Eve"}')
                )

    served = peer(play)
    made = client(over_tls(served.url), api_key='"any_key"', **ONCE)
    nginx = start(http=secured[1], server=location("/", made + GET))
    assert [say(nginx) for _ in range(3)] == ["Sarah"] * 3
    assert served.connections == 3


def test_tls_takes_no_longer_than_a_connection(start, peer, secured):
    silent = threading.Event()
    served = peer(lambda connection, number: silent.wait(20))
    options = {"connect_timeout": "0.3", "api_key": '"any_key"', **ONCE}
    made = client(over_tls(served.url), **options)
    nginx = start(http=secured[1], server=location("/", made + GET))
    said, took = timed(nginx)
    silent.set()
    assert said == "timeout: contacts.test: no TLS in time"
    assert took < 10


CREATE_TWO = """
    local function create()
        local made, err = contacts:safe():create{ first_name = "Sarah" }
        return made and "made" or err.kind .. " " .. tostring(err.outcome_unknown)
    end
    local first, second = ngx.thread.spawn(create), ngx.thread.spawn(create)
    local _, one = ngx.thread.wait(first)
    local _, other = ngx.thread.wait(second)
    ngx.say(one, " ", other)
"""


def slow_peer(peer):
    """A peer that takes 1.8 seconds for each response."""

    def play(connection, number):
        served.take(connection)
        time.sleep(1.8)
        connection.sendall(response())

    served = peer(play)
    return served


def test_a_create_whose_time_passed_in_a_queue_is_not_sent(start, peer):
    served = slow_peer(peer)
    transport = 'require("pgai.transports.cosocket").new{ pool_size = 1, backlog = 5 }'
    made = client(served.url, transport=transport, timeout="2", **ONCE)
    said, took = timed(start(server=location("/", made + CREATE_TWO)))
    assert said == "made timeout false"
    assert took < 5
    assert len(served.requests) == 1


def test_one_transport_serves_several_services(start, pgai_sandbox_with):
    urls = [pgai_sandbox_with(contacts=3).url, pgai_sandbox_with(contacts=5).url]
    urls.append(urls[0].replace("127.0.0.1", "127.0.0.2"))
    made = "".join(
        client(url, transport="transport", **ONCE).replace(
            "local contacts", f"local contacts{i}"
        )
        for i, url in enumerate(urls)
    )
    code = (
        'local transport = require("pgai.transports.cosocket").new()'
        + made
        + """
        local refused = select(2, pcall(contacts2.list, contacts2))
        for _ = 1, 3 do ngx.print(#contacts0:list(), " ", #contacts1:list(), " ") end
        ngx.say(refused.message)
        """
    )
    said = say(start(server=location("/", code)))
    assert said.startswith("3 5 3 5 3 5 127.0.0.2: connection refused; ")


def test_a_wrapper_sees_each_request(start, pgai_sandbox):
    code = (
        """
        local cosocket = require("pgai.transports.cosocket").new()
        local seen = {}
        local wrapper = setmetatable({}, { __index = cosocket })
        function wrapper:request(req)
            seen[#seen + 1] = req.method
            req.headers[#req.headers + 1] = { "x-trace", "one" }
            return cosocket:request(req)
        end
        """
        + client(pgai_sandbox.url, transport="wrapper")
        + """
        contacts:list()
        contacts:create{ first_name = "Sarah" }
        ngx.say(table.concat(seen, " "))
        """
    )
    assert say(start(server=location("/", code))) == "GET POST"


def test_a_slow_service_is_a_timeout(start, pgai_sandbox):
    pgai_sandbox.fault({"fault": "drip", "bytes": 1, "ms": 20})
    nginx = start(
        server=location("/", client(pgai_sandbox.url, timeout="0.3", **ONCE) + GET)
    )
    began = time.monotonic()
    assert say(nginx).startswith("timeout: ")
    assert time.monotonic() - began < 5, "the timeout is for all reads together"


def test_call_options_can_be_taken_away(start, pgai_sandbox):
    options = dict.fromkeys(["timeout", "connect_timeout", "deadline"], "false")
    code = client(pgai_sandbox.url, **options) + "ngx.say(#contacts:list())"
    nginx = start(server=location("/", code))
    assert [say(nginx) for _ in range(3)] == ["50"] * 3


def test_nobody_there(start):
    nginx = start(server=location("/", client("http://127.0.0.1:1/v1", **ONCE) + GET))
    assert say(nginx).startswith("connect: 127.0.0.1: connection refused")


def test_a_full_pool_is_overloaded(start, pgai_sandbox):
    pgai_sandbox.fault({"fault": "latency", "ms": 300})
    transport = 'require("pgai.transports.cosocket").new{ pool_size = 2, backlog = 3 }'
    code = (
        client(pgai_sandbox.url, transport=transport, **ONCE)
        + """
        local threads, counts = {}, { listed = 0, overloaded = 0 }
        for i = 1, 10 do
            threads[i] = ngx.thread.spawn(function()
                local ok, err = pcall(contacts.list, contacts)
                local outcome = ok and "listed" or err.kind
                counts[outcome] = counts[outcome] + 1
            end)
        end
        for i = 1, 10 do ngx.thread.wait(threads[i]) end
        ngx.say(counts.listed, " ", counts.overloaded)
        """
    )
    assert say(start(server=location("/", code))) == "5 5"


def test_a_client_made_before_the_workers_serves_them_all(start, pgai_sandbox):
    nginx = start(
        workers=2,
        http=f"""init_by_lua_block {{
            {client(pgai_sandbox.url)}
            package.loaded.shared_contacts = contacts
        }}""",
        server=location(
            "/",
            """
            local contacts = require("shared_contacts")
            local page = tonumber(ngx.var.arg_page)
            local found = contacts:list{ page = page, limit = 1 }
            ngx.say(found.page == page)
            """,
        ),
    )
    said = []

    def ask(first):
        for page in range(first, first + 25):
            said.append(say(nginx, f"/?page={page}"))

    threads = [
        threading.Thread(target=ask, args=(first,)) for first in (1, 101, 201, 301)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["true"] * 100


def test_a_reload_lets_a_call_finish(start, pgai_sandbox):
    pgai_sandbox.fault({"fault": "latency", "ms": 1000})
    nginx = start(
        server=location("/", client(pgai_sandbox.url) + "ngx.say(#contacts:list())")
    )
    before = nginx.workers()
    said = []
    thread = threading.Thread(target=lambda: said.append(say(nginx)))
    thread.start()
    nginx.wait_for(lambda: pgai_sandbox.log()["counts"]["connections"], "no request came")
    nginx.reload()
    thread.join()
    assert said == ["50"]
    nginx.wait_for(lambda: not set(before) & set(nginx.workers()), "the old worker stays")


def test_a_wait_ends_when_the_worker_is_to_exit(start, pgai_sandbox):
    pgai_sandbox.fault({"fault": "rate_limited", "seconds": 60})
    nginx = start(server=location("/", client(pgai_sandbox.url) + GET))
    said = []
    thread = threading.Thread(target=lambda: said.append(say(nginx)))
    thread.start()
    nginx.wait_for(lambda: pgai_sandbox.log()["counts"]["requests"], "no request came")
    nginx.reload()
    thread.join(timeout=10)
    assert said and said[0].startswith("exiting: ")


def test_an_aborted_client_frees_everything(start, pgai_sandbox):
    pgai_sandbox.fault({"fault": "latency", "ms": 400})
    code = """
        ngx.on_abort(function() ngx.exit(499) end)
        """ + client(pgai_sandbox.url)
    nginx = start(
        server=location("/", code + GET, more="lua_check_client_abort on;")
        + location(
            "/held", 'collectgarbage() collectgarbage() ngx.say(collectgarbage("count"))'
        )
    )

    def abort():
        connection = http.client.HTTPConnection("127.0.0.1", nginx.port)
        connection.request("GET", "/")
        time.sleep(0.01)
        connection.close()

    # Until LuaJIT has compiled what is used often, which takes memory, too.
    for _ in range(100):
        abort()
    held = float(say(nginx, "/held"))
    for _ in range(50):
        abort()
    nginx.wait_for(lambda: float(say(nginx, "/held")) < held + 32, "memory stays")


@pytest.fixture
def tls(pgai_sandbox, tmp_path):
    with contextlib.ExitStack() as stack:

        def serve(name):
            folder = tmp_path / f"tls-{name.partition(':')[2]}"
            folder.mkdir()
            return stack.enter_context(tls_server(folder, pgai_sandbox.url, name))

        yield serve


def named(server, name):
    return server.url.replace("127.0.0.1", name)


def test_tls(start, tls, name_server):
    server = tls("DNS:contacts.test")
    options = {"api_key": '"any_key"', **ONCE}
    nginx = start(
        http=f"""resolver {name_server.address};
            lua_ssl_trusted_certificate {server.certificate};""",
        server=location(
            "/",
            client(named(server, "contacts.test"), **options)
            + "ngx.say(#contacts:list())",
        )
        + location("/wrong", client(named(server, "other.test"), **options) + GET),
    )
    assert [say(nginx) for _ in range(5)] == ["50"] * 5
    refused = [say(nginx, "/wrong") for _ in range(20)]
    assert {text.partition("; ")[0] for text in refused} <= {
        "tls: other.test: certificate host mismatch",
        "tls: other.test: the certificate was not accepted",
    }
    assert len(server.requests_by_connection()) == 1


def test_a_certificate_that_nobody_vouches_for(start, tls, name_server):
    server = tls("DNS:contacts.test")
    url = named(server, "contacts.test")
    made = client(url, api_key='"any_key"')
    nginx = start(
        http=f"resolver {name_server.address};",
        server=location("/", made + CREATE.replace("made.kind", "made.message"))
        + location("/get", made + GET.replace("found.message", "found.requests")),
    )
    assert say(nginx, "/get") == "tls: 1", "trying again is no use"
    said = say(nginx)
    assert "self-signed certificate" in said or "certificate was not accepted" in said
    assert said.endswith(" false"), "nothing was sent"


def test_whom_to_trust_is_known_to_a_pool(start, tls, name_server, tmp_path):
    """lua_ssl_trusted_certificate is a location's, and unknown to Lua."""
    server = tls("DNS:contacts.test")
    other = tmp_path / "other"
    other.mkdir()
    make_certificate(other, "DNS:contacts.test")

    def trusting(path, pool, certificate):
        transport = f'require("pgai.transports.cosocket").new{{ pool = "{pool}" }}'
        options = {"api_key": '"any_key"', "transport": transport, **ONCE}
        made = client(named(server, "contacts.test"), **options)
        listed = """
            local page, err = contacts:safe():list()
            ngx.say(page and #page or err.kind)
            """
        trust = f"lua_ssl_trusted_certificate {certificate};"
        return location(path, made + listed, more=trust)

    nginx = start(
        http=f"resolver {name_server.address};",
        server=trusting("/ours", "ours", server.certificate)
        + trusting("/theirs", "theirs", other / "certificate.pem"),
    )
    said = [say(nginx, path) for path in ("/theirs", "/ours") * 3]
    assert said == ["tls", "50"] * 3
    assert len(server.requests_by_connection()) == 1


def test_without_a_resolver(start):
    code = client("https://contacts.test/v1", api_key='"any_key"', **ONCE) + GET
    nginx = start(server=location("/", code))
    assert 'no resolver defined to resolve "contacts.test"' in say(nginx)


@pytest.mark.parametrize("option", ["proxy", "ca"])
def test_what_nginx_settles_itself_is_refused_as_an_option(start, option):
    code = f"""
        local options = {{ api_key = "any_key", {option} = "x" }}
        local ok, err = pcall(require("pgai").contacts, options)
        ngx.say(err.kind, ": ", err.message)
        """
    nginx = start(server=location("/", code))
    assert say(nginx).startswith(f"usage: the option {option} has no effect inside nginx")


def test_curl_only_when_it_is_spelled_out(start, pgai_sandbox):
    code = client(pgai_sandbox.url, transport='"curl"') + "ngx.say(#contacts:list())"
    nginx = start(server=location("/", code))
    status, _ = fetch(nginx, "/")
    assert status in (200, 500)
    with open(f"/proc/{nginx.workers()[0]}/maps", encoding="utf-8") as maps:
        assert "libcurl" in maps.read()
