"""A server that answers each request with bytes that a test chose."""

import contextlib
import socket

from listener import listen

ONE_CONTACT = b'{"id": "c1", "first_name": "Sarah"}'


def response(body=ONE_CONTACT, status="200 OK", headers=()):
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Peer:
    """Serves connections one after the other.

    `play(connection, number)` is called for each, from 1; when it returns, the connection
    is closed. `requests` are the heads of those that came, `bodies` what followed them.
    """

    def __init__(self, play):
        self.play = play
        self.requests = []
        self.bodies = []
        self.connections = 0
        self.listener = listen(self._serve)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"

    def _serve(self, connection):
        self.connections += 1
        with connection, contextlib.suppress(ConnectionError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.play(connection, self.connections)

    def take(self, connection):
        """Read one request; False at the end of the connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return False
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        self.requests.append(head.decode())
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            body += connection.recv(65536)
        self.bodies.append(body)
        return True

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
