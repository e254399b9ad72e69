"""Services that are not what a client hopes for, for tests in all languages.

As a program: it writes what `names` holds, as JSON, to the file it is given, and lives
until its input ends.
"""

import gzip
import itertools
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from listener import listen


def response(status, body=b"", *headers):
    """A response to the byte, after which the connection ends."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


# What is answered whatever is asked, by name.
RESPONSES = {
    # As nginx does where it is asked in the clear and wants TLS.
    "wants_tls": response(
        "400 Bad Request", b"<h1>The plain HTTP request was sent to HTTPS port</h1>"
    ),
    # As Go's server does, in plain text.
    "wants_tls_too": response(
        "400 Bad Request", b"Client sent an HTTP request to an HTTPS server.\n"
    ),
    "web_page": response("200 OK", b"<!DOCTYPE html><title>Log in</title>"),
    "not_found_page": response("404 Not Found", b"<h1>Not Found</h1>"),
    "moved": response("302 Found", b"", "Location: https://login.example/"),
    "proxy_with_password": response("407 Proxy Authentication Required"),
    "proxy_that_refuses": response("403 Forbidden"),
    "details": response(
        "422 Unprocessable Entity",
        b'{"error": {"message": "no", "details": {"field": "id"}}}',
    ),
    "silent": b"",
    "no_http": b"220 mail.example ESMTP\r\n",
    "gzip_in_parts": response(
        "200 OK", gzip.compress(b"[") + gzip.compress(b"]"), "Content-Encoding: gzip"
    ),
}


def make_certificate(folder):
    """A certificate of its own making for other.example; the context that uses it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=other.example"),
            *("-addext", "subjectAltName=DNS:other.example"),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class Peers:
    """`names` says where each is: HOST:PORT, or the path of a file.

    Besides RESPONSES: `closed` takes no connections; `full` cannot take one more; `mute`
    takes them and never answers; `tls` is for other.example alone, by `certificate`;
    `echo` tells what it was asked, and on which of its connections.
    """

    def __init__(self):
        self._sockets = []
        self._listeners = []
        self._folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self._folder.name)
        self.names = {"certificate": str(folder / "certificate.pem")}
        self.names["no_certificate"] = str(folder / "key.pem")
        context = make_certificate(folder)
        # It has the port, so that nobody else gets it, and does not listen.
        closed = socket.socket()
        closed.bind(("127.0.0.1", 0))
        self._add("closed", closed)
        # Nobody accepts, so the system makes the connections.
        self._add("mute", self._listen(512))
        # Here it makes none, as too many wait to be accepted.
        full = self._add("full", self._listen(0))
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
            self._sockets.append(waiting)
        for name, said in RESPONSES.items():
            self._serve(name, lambda connection, said=said: tell(connection, said))
        numbers = itertools.count(1)
        self._serve("echo", lambda connection: echo(connection, next(numbers)))
        self._serve("tls", lambda connection: tell_secretly(connection, context))

    def _listen(self, backlog):
        return socket.create_server(("127.0.0.1", 0), backlog=backlog)

    def _add(self, name, listener):
        self._sockets.append(listener)
        self._name(name, listener)
        return listener

    def _name(self, name, listener):
        self.names[name] = "{}:{}".format(*listener.getsockname())

    def _serve(self, name, work):
        def take(connection):
            threading.Thread(target=work, args=(connection,), daemon=True).start()

        listener = listen(take)
        self._listeners.append(listener)
        self._name(name, listener)

    def filled(self, text):
        """The text with each {name} in it replaced by where that is."""
        for name, place in self.names.items():
            text = text.replace("{" + name + "}", place)
        return text

    def close(self):
        for each in self._listeners:
            each.shutdown(socket.SHUT_RDWR)
        for each in self._sockets:
            each.close()
        self._folder.cleanup()


def tell(connection, said):
    with connection:
        connection.recv(65536)
        connection.sendall(said)


def echo(connection, number):
    """Say of each request what it was, as JSON; of a HEAD only how long that is."""
    with connection, connection.makefile("rb") as lines:
        while line := lines.readline():
            method, target, _ = line.decode().split(" ")
            headers = [
                header.decode().strip().lower().split(": ", 1)
                for header in iter(lines.readline, b"\r\n")
            ]
            body = lines.read(int(dict(headers).get("content-length", 0))).decode()
            said = {"connection": number, "method": method, "target": target}
            said |= {"headers": headers, "body": body}
            text = json.dumps(said).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n"
            head += f"X-Connection: {number}\r\n\r\n"
            connection.sendall(head.encode() + (b"" if method == "HEAD" else text))


def tell_secretly(connection, context):
    with connection:
        try:
            with context.wrap_socket(connection, server_side=True) as secret:
                secret.recv(65536)
        except OSError:
            pass


def main():
    path = pathlib.Path(sys.argv[1])
    peers = Peers()
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(peers.names))
    os.replace(unfinished, path)
    sys.stdin.read()
    peers.close()


if __name__ == "__main__":
    main()
