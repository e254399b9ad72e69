"""A server that plays rows of the conformance table, to the byte."""

import contextlib
import json
import pathlib
import socket
import threading

from listener import listen

FOLDER = pathlib.Path(__file__).parent.parent / "conformance"
FILES = sorted(path.stem for path in FOLDER.glob("*.json"))
USUAL = {"api_key": "test_key_0123456789", "user_agent": "conformance"}

# What a failure is on the wire; a connection ends after it, or when the other side has
# had enough of a server that says nothing.
FAILURES = {
    "connection_lost": b"HTTP/1.1 2",
    "protocol": b"Good morning.\r\n\r\n",
    "too_large": b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n",
}


def read_rows(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def to_bytes(value):
    """Bytes in the table's notation."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, list):
        return b"".join(to_bytes(part) for part in value)
    if "hex" in value:
        return bytes.fromhex(value["hex"])
    text, times = value["repeat"]
    return to_bytes(text) * times


def body_of(response):
    if "body_file" in response:
        return (FOLDER / response["body_file"]).read_bytes()
    if "json" in response:
        return json.dumps(response["json"]).encode()
    return to_bytes(response.get("body", ""))


def response_bytes(response):
    headers = response.get("headers", [["Content-Type", "application/json"]])
    status = response.get("status", 200)
    body = body_of(response)
    lines = [f"HTTP/1.1 {status} ", *(f"{name}: {value}" for name, value in headers)]
    if status != 204:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def request_bytes(client, step, port):
    """What a request of a row must be, down to the order of its headers."""
    text = {name: to_bytes(client.get(name, usual)) for name, usual in USUAL.items()}
    lines = [
        step["request"].encode() + b" HTTP/1.1",
        b"host: 127.0.0.1:%d" % port,
        b"x-api-key: " + text["api_key"],
        b"accept: application/json",
        b"user-agent: " + text["user_agent"],
    ]
    body = to_bytes(step.get("body", ""))
    if body:
        lines.append(b"content-type: application/json")
    if "body" in step:
        lines.append(b"content-length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def requests_of(row):
    """The steps that are requests, of all calls of a row."""
    for entry in row.get("calls", [row]):
        for _ in range(entry.get("times", 1)):
            yield from (step for step in entry["steps"] if "request" in step)


class TableServer:
    """Plays the row that was given last; `wrong` are requests that it does not have."""

    def __init__(self):
        self.client = {}
        self.steps = iter(())
        self.wrong = []
        self.served = 0
        self.listener = listen(self._start)
        self.port = self.listener.getsockname()[1]

    def begin(self, row):
        self.client = row.get("client", {})
        self.steps = requests_of(row)
        self.wrong = []
        self.served = 0

    def _start(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(ConnectionError):
            while request := receive(connection):
                if not self._response(connection, request):
                    return

    def _response(self, connection, request):
        """Take the step of a request; whether the connection goes on."""
        step = next((step for step in self.steps if reaches(step)), None)
        self.served += 1
        if step is None or request != request_bytes(self.client, step, self.port):
            self.wrong.append(request)
            return False
        if "response" in step:
            connection.sendall(response_bytes(step["response"]))
            return True
        if step["failure"]["kind"] == "timeout":
            connection.recv(1)
        else:
            connection.sendall(FAILURES[step["failure"]["kind"]])
        return False

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)


def reaches(step):
    """Whether a request gets here; see wire.lua for the failures that do."""
    failure = step.get("failure")
    if failure is None:
        return True
    brought_about = failure["kind"] in (*FAILURES, "timeout") and failure["sent"]
    return brought_about and "permanent" not in failure


def receive(connection):
    """All bytes of one request; nothing at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length: "):
            length = int(line.split(b" ")[1])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
