"""A service that looks up contacts, with one client for all its threads.

python lookup_service.py [PORT], then GET http://127.0.0.1:PORT/ID. The key is in
$PGAI_API_KEY.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pgai

# The status if the lookup fails; 502 is for all other errors.
ANSWERS: tuple[tuple[type[pgai.Error], int], ...] = (
    (pgai.UsageError, 400),
    (pgai.NotFoundError, 404),
    (pgai.RateLimitError, 503),
    (pgai.TimeoutError, 504),
)


class Service(ThreadingHTTPServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True

    def __init__(self, port: int, contacts: pgai.Contacts) -> None:
        super().__init__(("127.0.0.1", port), Lookup)
        # A caller that waits is better told soon; this shares the client's connections.
        self.contacts = contacts.with_options(deadline=5.0, max_wait=1.0)


class Lookup(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Service)
        try:
            self.reply(200, self.server.contacts.get(self.path[1:]).raw)
        except pgai.Error as error:
            status = next(
                (code for kind, code in ANSWERS if isinstance(error, kind)), 502
            )
            self.reply(status, '{"error": "no contact"}')

    def reply(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with pgai.Contacts() as contacts, Service(port, contacts) as service:
        print(f"http://127.0.0.1:{service.server_port}/", flush=True)
        try:
            service.serve_forever()
        except KeyboardInterrupt:
            print("bye")


if __name__ == "__main__":
    main()
