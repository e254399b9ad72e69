"""Responses that nobody asked for, on kept connections, answer no later call."""

import contextlib
import http.client
import pathlib
import ssl
import sys
import threading

import pytest
from conftest import client, fetch, location, say
from peer import Peer, response

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))
from tls_server import make_certificate

STUB = pathlib.Path(__file__).parent / "stub"
GET = """
    local ok, found = pcall(contacts.get, contacts, "c1")
    ngx.say(ok and found.first_name or found.kind .. ": " .. found.message)
"""
UNASKED = {
    "400": response(b'{"error": "no"}', "400 Bad Request", ["Connection: close"]),
    "404": response(b'{"error": "no"}', "404 Not Found"),
    "408": response(b'{"error": "no"}', "408 Request Timeout", ["Connection: close"]),
    "200": response(b'{"id": "c1", "first_name": "Eve"}'),
}


class Unasked:
    """Answers the first request of a connection, and sends what nobody asked for when it
    is told to. `sent` is set when that is on its way."""

    def __init__(self, unasked, wrap=lambda connection: connection):
        self.unasked, self.wrap = unasked, wrap
        self.go, self.sent = threading.Event(), threading.Event()
        self.end = threading.Event()
        self.peer = Peer(self.play)

    def play(self, connection, number):
        with self.wrap(connection) as connection:
            while self.peer.take(connection):
                connection.sendall(response())
                if number > 1:
                    continue
                self.go.wait(10)
                connection.sendall(self.unasked)
                self.sent.set()
                self.end.wait(10)
                return

    def close(self):
        self.go.set()
        self.end.set()
        self.peer.close()


@pytest.fixture
def serve(tmp_path):
    make_certificate(tmp_path, "DNS:contacts.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")

    def wrap(connection):
        return context.wrap_socket(connection, server_side=True)

    with contextlib.ExitStack() as stack:

        def make(unasked, tls=False):
            made = Unasked(UNASKED[unasked], *([wrap] if tls else []))
            return stack.enter_context(contextlib.closing(made))

        make.trust = f"lua_ssl_trusted_certificate {tmp_path}/certificate.pem;"
        yield make


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("unasked", UNASKED)
@pytest.mark.parametrize("over", ["cosocket", "resty_http", "tls"])
def test_on_an_idle_connection(serve, start, name_server, over, unasked, at_once):
    service = serve(unasked, over == "tls")
    url, transport = service.peer.url, over
    if over == "tls":
        url = url.replace("http://127.0.0.1", "https://contacts.test")
        transport = "cosocket"
    made = client(url, transport=f'"{transport}"', max_attempts="1", api_key='"any_key"')
    nginx = start(
        http=f"resolver {name_server.address}; {serve.trust}",
        server=location("/", made + GET),
        lua_path=f"{STUB}/?.lua;",
    )
    if at_once:
        service.go.set()
    assert say(nginx) == "Sarah"
    service.go.set()
    assert service.sent.wait(5)
    service.end.set()
    assert [say(nginx) for _ in range(3)] == ["Sarah"] * 3
    assert service.peer.connections == 2


BUSY = """
    io.open(ngx.var.arg_folder .. "/busy", "w"):close()
    while not io.open(ngx.var.arg_folder .. "/go") do os.execute("sleep 0.01") end
    ngx.say("done")
"""


@pytest.mark.parametrize("unasked", UNASKED)
@pytest.mark.parametrize("over", ["cosocket", "resty_http"])
def test_while_the_worker_is_busy(serve, start, tmp_path, over, unasked):
    """The call and the bytes that it would meet come to nginx at once, the call first."""
    service = serve(unasked)
    made = client(service.peer.url, transport=f'"{over}"', max_attempts="1")
    nginx = start(
        server=location("/", made + GET) + location("/busy", BUSY),
        lua_path=f"{STUB}/?.lua;",
    )
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", nginx.port)) as kept:
        kept.request("GET", "/")
        assert kept.getresponse().read() == b"Sarah\n"
        busy = threading.Thread(target=fetch, args=(nginx, f"/busy?folder={tmp_path}"))
        busy.start()
        nginx.wait_for((tmp_path / "busy").exists, "it is not busy")
        kept.request("GET", "/")
        service.go.set()
        assert service.sent.wait(5)
        service.end.set()
        (tmp_path / "go").touch()
        assert kept.getresponse().read() == b"Sarah\n"
        busy.join()
    assert say(nginx) == "Sarah"
