"""Plays the conformance table over the real module; test_conformance.py starts it.

It runs with virtual_time.c preloaded; a second argument "async" means the client for
event loops, which is used as if it blocked. What is compared is what a user of Python
sees, and every byte of a request. It prints a JSON object: the name of a row, and what
did not fit.
"""

import asyncio
import contextlib
import ctypes
import json
import pathlib
import pickle
import re
import socket
import sys

import pgai

TESTS = pathlib.Path(__file__).parent.parent
sys.path.append(str(TESTS / "support"))
from listener import listen  # noqa: E402

TABLE = TESTS / "conformance"
CLIENT = {"api_key": "test_key_0123456789", "user_agent": "conformance"}
CONNECTION_HEADERS = {b"host", b"content-length", b"accept-encoding", b"connection"}
FIELDS = pgai.Contact.__match_args__

# What libcurl reports where a connection fails like that.
VERDICTS = {
    ("connect", False): 7,
    ("connect", True): 5,
    ("tls", False): 35,
    ("tls", True): 60,
    ("timeout", False): 28,
    ("connection_lost", False): 56,
    ("protocol", False): 8,
    ("too_large", False): 63,
    ("no_memory", False): 27,
}

CLASSES = {
    "usage": "UsageError",
    "no_memory": "MemoryError",
    "connect": "ConnectError",
    "tls": "TLSError",
    "timeout": "TimeoutError",
    "connection_lost": "ConnectionLostError",
    "protocol": "TransportError",
    "too_large": "TransportError",
    "decode": "DecodeError",
    "redirect": "TransportError",
    "bad_request": "BadRequestError",
    "authentication": "AuthenticationError",
    "insufficient_credits": "InsufficientCreditsError",
    "permission_denied": "PermissionDeniedError",
    "not_found": "NotFoundError",
    "conflict": "ConflictError",
    "unprocessable": "UnprocessableEntityError",
    "rate_limited": "RateLimitError",
    "api": "APIError",
    "server": "ServerError",
    "outcome_unknown": "OutcomeUnknownError",
    "cancelled": "CancelledError",
    "incomplete": "IncompleteError",
}


class Mismatch(Exception):
    """Something is not as the table has it."""


def demand(holds, *what):
    if not holds:
        raise Mismatch(" ".join(map(str, what)))


def to_bytes(value):
    """Bytes in the table's notation."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, list):
        return b"".join(map(to_bytes, value))
    if "hex" in value:
        return bytes.fromhex(value["hex"])
    text, times = value["repeat"]
    return to_bytes(text) * times


def to_text(value):
    """A str; bytes that are no UTF-8 become what os.fsdecode makes of them."""
    return None if value is None else to_bytes(value).decode(errors="surrogateescape")


def to_extra(text):
    """What JSON text says; the text itself when it says nothing."""
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return text


def to_body(response):
    if "body" in response:
        return to_bytes(response["body"])
    if "body_file" in response:
        return (TABLE / response["body_file"]).read_bytes()
    return json.dumps(response["json"]).encode() if "json" in response else b""


def fits(expected, number):
    if isinstance(expected, list):
        return expected[0] <= number <= expected[1]
    return expected == number


def verdict_of(failure):
    """The libcurl code of a failure; 0 for one that libcurl does not have."""
    return VERDICTS.get((failure["kind"], failure.get("permanent", False)), 0)


class Server:
    """Checks the requests of one row to the byte, and plays the responses."""

    def __init__(self, shim):
        self.shim = shim
        self.key = ""
        self.user_agent = ""
        self.steps = []
        self.taken = 0
        self.trouble = None
        self.client = None
        self.rewrites = False
        self.listener = listen(self.serve)
        self.port = self.listener.getsockname()[1]

    def begin(self, steps):
        """Take the requests of a call, but for those that never arrive."""
        requests = [step for step in steps if "request" in step]
        self.steps = [
            (index, step)
            for index, step in enumerate(requests)
            if not ("failure" in step and not step["failure"]["sent"])
        ]
        self.taken = 0

    def finish(self):
        if self.trouble:
            raise self.trouble
        demand(self.taken == len(self.steps), self.taken, "requests of", len(self.steps))

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)

    def serve(self, connection):
        with connection, contextlib.suppress(ConnectionError):
            self.play(connection)

    def play(self, connection):
        head, body = receive(connection)
        if not head:
            return
        try:
            demand(self.taken < len(self.steps), "one request too many:", head)
            index, step = self.steps[self.taken]
            self.taken += 1
            self.check(step, head, body)
            self.shim.shim_advance(step.get("takes_ms", 0))
        except Mismatch as mismatch:
            self.trouble = self.trouble or mismatch
            return
        if "response" in step:
            connection.sendall(render(step["response"]))
        elif step["failure"]["kind"] == "cancelled":
            self.client.close()
            connection.recv(1)
        else:
            self.shim.shim_fail(index, verdict_of(step["failure"]))

    def check(self, step, head, body):
        line, *lines = head.split(b"\r\n")
        demand(line == step["request"].encode() + b" HTTP/1.1", "the request is", line)
        headers = [header.split(b": ", 1) for header in lines]
        expected = [
            [b"x-api-key", self.key.encode()],
            [b"accept", b"application/json"],
            [b"user-agent", self.user_agent.encode()],
        ]
        if step.get("body"):
            expected.append([b"content-type", b"application/json"])
        given = [h for h in headers if h[0].lower() not in CONNECTION_HEADERS]
        demand(given == expected, "the headers are", given)
        wanted = to_bytes(step.get("body", ""))
        if (
            self.rewrites
        ):  # The fields of `extra` were written anew, with blanks or without.
            demand(
                json.loads(body, object_pairs_hook=list)
                == json.loads(wanted, object_pairs_hook=list),
                "the body is",
                body,
            )
        else:
            demand(body == wanted, "the body is", body)


def receive(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b"", b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += connection.recv(65536)
    return head, body


def render(response):
    body = to_body(response)
    headers = response.get("headers", [["Content-Type", "application/json"]])
    lines = [f"HTTP/1.1 {response['status']} Any"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines.append("Connection: close")
    if response["status"] != 204 and not any(
        n.lower() == "content-length" for n, _ in headers
    ):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def meaning(text):
    """What JSON text says. Half a surrogate pair is no character, and where Python has no
    number that says the same, the text stays."""

    def number(text):
        lost = abs(float(text)) == float("inf") or (
            float(text) == 0 and re.search("[1-9]", re.split("[eE]", text)[0])
        )
        return text if lost else float(text)

    def members(pairs):
        return {mended(name): mended(value) for name, value in pairs}

    def mended(value):
        if isinstance(value, list):
            return [mended(item) for item in value]
        return (
            re.sub("[\ud800-\udfff]", "\ufffd", value)
            if isinstance(value, str)
            else value
        )

    return mended(json.loads(text, parse_float=number, object_pairs_hook=members))


def check_use(contact):
    """What came can be written, kept, compared and put into a set."""
    text = json.dumps(contact.to_dict(), ensure_ascii=False, allow_nan=False)
    text.encode()
    contact.raw.encode()
    twin = pickle.loads(pickle.dumps(contact))
    demand(twin == contact and hash(twin) == hash(contact), "a pickle differs", twin.raw)
    demand(twin.to_dict() == json.loads(text), "to_dict gives", twin.to_dict())


def check_contact(expected, contact):
    check_use(contact)
    fields = expected.get("fields", {})
    for name in FIELDS:
        demand(contact.has(name) == (name in fields), "has", name, contact.raw)
        value = fields.get(name)
        if isinstance(value, dict):
            value = meaning(value["json"])
        demand(getattr(contact, name) == value, name, "is", repr(getattr(contact, name)))
    extra = [[name, meaning(text)] for name, text in expected.get("extra", [])]
    demand(
        [list(pair) for pair in contact.extra.items()] == extra, "extra", contact.extra
    )
    if "json" in expected:
        demand(contact.raw == expected["json"], "the contact is", contact.raw)


def check_page(expected, page):
    for name in ("page", "limit", "total"):
        demand(getattr(page, name) == expected.get(name), name, "is", getattr(page, name))
    demand(page.requests == expected.get("requests", page.requests), page.requests)
    demand(page.requests >= 1, page.requests)
    check_response(expected.get("response", {}), page.response, 200)
    contacts = expected.get("contacts", [])
    demand(len(page) == len(contacts), len(page), "contacts")
    for want, contact in zip(contacts, page, strict=True):
        check_contact(want, contact)


def check_written(expected, page):
    """The page as text; or why not."""
    for each in expected:
        options = dict(each)
        form, text, refused = (
            options.pop(name, None) for name in ("format", "text", "refused")
        )
        if "columns" in options:
            options["columns"] = [to_text(name) for name in options["columns"]]
        try:
            written = page.to_ndjson() if form == "ndjson" else page.to_csv(**options)
        except pgai.UsageError as error:
            demand(refused, form, "failed with", error)
            for part in refused:
                demand(part in str(error), part, "is not in", error)
        else:
            demand(refused is None, "it was written:", written)
            demand(written == to_bytes(text), form, "is", written)


def check_response(expected, response, status):
    """The response of a page or an error: of this status, without its body."""
    demand((response and response.status) == status, "response is", response)
    if response:
        demand(response.text is None and response.json is None, response)
    for name, value in expected.get("headers", []):
        demand(response.headers.get(name) == value, name, response.headers)


def check_key(error, key):
    """The key is in nothing that an error tells."""
    for text in (
        str(error),
        repr(error),
        repr(getattr(error, "__dict__", None)),
        *error.args,
    ):
        demand(not key or key not in str(text), "the key is in", text)


# A member of an event in the table, and how Python has it.
EVENT = {
    "status": lambda event: event.error and event.error.__name__,
    "http_status": lambda event: event.status or 0,
    "elapsed_ms": lambda event: round((event.elapsed or 0) * 1000),
    "wait_ms": lambda event: round((event.wait or 0) * 1000),
    "reset_ms": lambda event: -1 if event.reset is None else round(event.reset * 1000),
    "limit": lambda event: -1 if event.limit is None else event.limit,
    "remaining": lambda event: -1 if event.remaining is None else event.remaining,
    "total": lambda event: -1 if event.total is None else event.total,
    "page": lambda event: -1 if event.page is None else event.page,
    "request_id": lambda event: event.request_id or "",
}


def check_events(expected, events, sent, key):
    kinds = [event.kind for event in events]
    demand(kinds.count("request") == sent, sent, "requests, but", kinds)
    demand(kinds.count("response") == sent, sent, "requests, but", kinds)
    for event in events:
        demand(not key or key not in repr(event), "the key is in", event)
        demand("?" not in event.path, "a query is in", event)
    if expected is None:
        return
    demand(len(events) == len(expected), "the events are", kinds)
    for wanted, event in zip(expected, events, strict=True):
        for name, value in wanted.items():
            if name == "status":
                value = CLASSES.get(value)  # "ok" has none.
            got = EVENT[name](event) if name in EVENT else getattr(event, name)
            demand(fits(value, got), name, "is", got, "in", event)


def check_error(expected, error, requests, key):
    check_key(error, key)
    word = type(error).__name__
    demand(word == CLASSES[expected["status"]], "failed with", word, error)
    if isinstance(error, MemoryError):
        return
    message = error.message
    demand(message, "there is no message")
    if (
        error.status is None
    ):  # What came of a connection is told with the host and the status.
        demand(expected.get("message", "") in message, "message is", message)
    else:
        demand(message == expected.get("message", message), "message is", message)
    for part in expected.get("message_contains", []):
        demand(part.removesuffix("_ms") in message, part, "is not in", message)
    for part in expected.get("message_lacks", []):
        demand(part not in message, part, "is in", message)
    for name in ("code", "request_id", "permission"):
        value = getattr(error, name, None) or ""
        demand(value == expected.get(name, ""), name, "is", value)
    check_response(expected.get("response", {}), error.response, error.status)
    details = "" if error.details is None else compact(error.details)
    demand(details == expected.get("details", ""), "details is", details)
    numbers = {
        "http_status": (error.status or 0, 0),
        "requests": (error.requests, requests),
        "retry_after_ms": (round((error.retry_after or 0) * 1000), 0),
        "outcome_unknown": (error.outcome_unknown, False),
    }
    for name, (value, usual) in numbers.items():
        demand(fits(expected.get(name, usual), value), name, "is", value)


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def check_stats(expected, stats):
    for name, value in expected.items():
        got = getattr(stats, name.removesuffix("_ms"))
        if name.endswith("_ms") and got is not None:
            got = round(got * 1000)
        if name in ("complete", "incomplete_reason"):
            demand(got is value or got == value, name, "is", got)
            continue
        demand(fits(value, -1 if got is None else got), name, "is", got)


def check_steps(shim, steps):
    """The waits and limits of the requests, and that there were no others."""
    waited = [[0, 0]]
    seen = 0
    for step in steps:
        if "wait" in step:
            least, most = step["ms"] if isinstance(step["ms"], list) else [step["ms"]] * 2
            waited[-1] = [waited[-1][0] + least, waited[-1][1] + most]
            continue
        if "timeout_ms" in step:
            timeout = shim.shim_timeout(seen)
            demand(fits(step["timeout_ms"], timeout), "timeout_ms is", timeout)
        if "url" in step:
            url = shim.shim_url(seen).decode()
            demand(url == step["url"], "the URL is", url)
        seen += 1
        waited.append([0, 0])
    demand(shim.shim_count() == seen, shim.shim_count(), "requests of", seen)
    for index, span in enumerate(waited):
        ms = shim.shim_waited(index)
        demand(fits(span, ms), "before request", index, "a wait of", ms, "ms")


class Awaited:
    """`pgai.AsyncContacts` as if it blocked."""

    def __init__(self, **options):
        self.people = pgai.AsyncContacts(**options)
        self.loop = asyncio.new_event_loop()

    def list(self, **arguments):
        return self.loop.run_until_complete(self.people.list(**arguments))

    def get(self, id):
        return self.loop.run_until_complete(self.people.get(id))

    def create(self, **fields):
        return self.loop.run_until_complete(self.people.create(**fields))

    def request(self, *arguments, **options):
        return self.loop.run_until_complete(self.people.request(*arguments, **options))

    def plan(self, *arguments, **options):
        return self.loop.run_until_complete(self.people.plan(*arguments, **options))

    def pages(self, **options):
        return AwaitedWalk(self.loop, self.people.pages(**options))

    def each(self, **options):
        return AwaitedWalk(self.loop, self.people.each(**options))

    def get_many(self, ids, **options):
        return AwaitedWalk(self.loop, self.people.get_many(ids, **options))

    def close(self):
        """Also from another thread, while a call is in flight."""
        if self.loop.is_running():
            asyncio.run_coroutine_threadsafe(self.people.aclose(), self.loop)
        else:
            self.loop.run_until_complete(self.people.aclose())
            self.loop.close()


class AwaitedWalk:
    def __init__(self, loop, walk):
        self.loop = loop
        self.walk = walk

    @property
    def cursor(self):
        return self.walk.cursor

    @property
    def stats(self):
        return self.walk.stats

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return self.loop.run_until_complete(self.walk.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None


class Row:
    """One row of the table, being played."""

    def __init__(self, row, shim, client):
        self.client = client
        self.calls = row.get("calls") or [row]
        self.shim = shim
        self.server = Server(shim)
        # Another port is another service: no row knows of the rate limit of others.
        url = f"http://127.0.0.1:{self.server.port}/v1"
        self.options = CLIENT | {"base_url": url} | row.get("client", {})
        self.key = to_text(self.options["api_key"]) or ""
        self.server.key = self.key
        self.server.user_agent = to_text(self.options["user_agent"])
        self.contacts = None
        self.failure = None
        self.events = []
        shim.shim_serve(self.server.port)

    def play(self):
        try:
            self.make_client()
            for call in self.calls:
                for _ in range(call.get("times", 1)):
                    self.play_call(call)
        finally:
            self.server.close()
            if self.contacts is not None:
                self.contacts.close()

    def make_client(self):
        options = dict(self.options)
        given = {name: to_text(options.pop(name)) for name in (*CLIENT, "base_url")}
        if options.pop("no_pacing", False):
            given["pace"] = False
        for name, value in options.items():
            given[name.removesuffix("_ms")] = (
                value / 1000 if name.endswith("_ms") else value
            )
        given["on_event"] = self.events.append
        try:
            self.contacts = self.client(**given)
        except pgai.Error as error:
            self.failure = error
        self.server.client = self.contacts

    def play_call(self, call):
        steps = call["steps"]
        sent = [step for step in steps if "request" in step]
        codes = [self.unsent(step) for step in sent]
        texts = [step.get("failure", {}).get("message") for step in sent]
        # Kept, as the shim keeps no copy.
        self.codes = (ctypes.c_int * len(codes))(*codes)
        self.texts = (ctypes.c_char_p * len(texts))(*(t and t.encode() for t in texts))
        self.shim.shim_begin(self.codes, self.texts, len(codes))
        self.server.begin(steps)
        ((name, arguments),) = call["call"].items()
        error = self.failure
        if not error:
            try:
                getattr(self, name)(arguments, call["result"])
            except (pgai.Error, MemoryError) as caught:
                error = caught
        self.server.finish()
        check_steps(self.shim, steps)
        check_events(call["result"].get("events"), self.events, len(sent), self.key)
        self.events.clear()
        if error:
            demand("error" in call["result"], "failed with", repr(error))
            check_error(call["result"]["error"], error, len(sent), self.key)
        else:
            demand("error" not in call["result"], "did not fail")

    @staticmethod
    def unsent(step):
        failure = step.get("failure")
        return verdict_of(failure) if failure and not failure["sent"] else 0

    def list(self, arguments, result):
        page = self.contacts.list(**arguments)
        if "written" in result:
            check_written(result["written"], page)
            check_written(result["written"], pickle.loads(pickle.dumps(page)))
            return
        demand("page" in result, "a page, which is not expected")
        check_page(result["page"], page)

    def get(self, arguments, result):
        contact = self.contacts.get(to_text(arguments.get("id")))
        demand("contact" in result, "a contact, which is not expected")
        check_contact(result["contact"], contact)

    def create(self, arguments, result):
        fields = {name: to_text(value) for name, value in arguments.items()}
        if fields.get("extra"):
            self.server.rewrites = True
            fields["extra"] = to_extra(fields["extra"])
        contact = self.contacts.create(**fields)
        demand("contact" in result, "a contact, which is not expected")
        check_contact(result["contact"], contact)

    def request(self, arguments, result):
        query = [(name, to_text(value)) for name, value in arguments.get("query", [])]
        text = to_text(arguments.get("json"))
        response = self.contacts.request(
            to_text(arguments["method"]),
            to_text(arguments["path"]),
            query=query,
            json=None if text is None else json.loads(text),
        )
        demand("response" in result, "a response, which is not expected")
        expected = result["response"]
        demand(response.status == expected["status"], "the status is", response.status)
        for name, value in expected.get("headers", []):
            demand(response.headers[name] == value, name, response.headers)
        text = expected.get("body")
        demand(response.text == text, "the body is", response.text)
        said = None if text is None else json.loads(text)
        demand(response.json == said, "the JSON is", response.json)

    def plan(self, arguments, result):
        parts = self.contacts.plan(**{"parts": None} | arguments)
        demand("parts" in result, "ranges, which are not expected")
        expected = [{"count": None} | part for part in result["parts"]]
        demand(parts == expected, "the ranges are", parts)

    def pages(self, arguments, result):
        options = {"prefetch": 1} | arguments
        prefetch = options["prefetch"]
        how = options.pop("resume", None)
        if "cursor" in options:
            options["cursor"] = to_text(options["cursor"])
        if "deadline_ms" in options:
            options["deadline"] = options.pop("deadline_ms") / 1000
        pages = []
        walk = self.contacts.pages(**options)
        if how is not None:
            cursor = self.leave(options, how, result, pages)
            walk = self.contacts.pages(
                cursor=cursor, prefetch=prefetch, strict=options.get("strict", False)
            )
        self.finish(result, pages, walk, lambda page: [contact.id for contact in page])

    def get_many(self, arguments, result):
        options = {"prefetch": 1} | arguments
        ids = [to_text(id) for id in options.pop("ids")]
        if "deadline_ms" in options:
            options["deadline"] = options.pop("deadline_ms") / 1000
        walk = self.contacts.get_many(ids, **options)
        self.finish(result, [], walk, lambda contact: [contact.id] if contact else [])

    def finish(self, result, pages, walk, ids):
        """Take the rest of a walk, whose `ids()` are those of each of its items."""
        after = iter(result.get("after", []))
        try:
            for item in walk:
                pages.append(ids(item))
                check_stats(next(after, {}), walk.stats)
        except pgai.Error as error:
            demand("error" in result, "the walk failed with", repr(error))
            self.check_walk(result, pages, walk)
            raise
        self.check_walk(result, pages, walk)

    @staticmethod
    def check_walk(result, pages, walk):
        demand(pages == result.get("pages", []), "the pages are", pages)
        check_stats(result.get("stats", {}), walk.stats)

    def leave(self, options, how, result, pages):
        """Walk until `how` says, and return the cursor."""
        if "used" in how and how.get("pages"):
            return self.leave_within(options, how, result, pages)
        walk = self.contacts.pages(**options)
        if how.get("pages") == 0:
            return walk.cursor
        try:
            for page in walk:
                pages.append([contact.id for contact in page])
                if len(pages) == how.get("pages"):
                    break
            else:
                raise Mismatch("the walk did not fail first")
        except pgai.Error as error:
            demand("pages" not in how, "failed early", error)
            demand(error.cursor == walk.cursor, "the cursor of the error", error.cursor)
        return walk.cursor

    def leave_within(self, options, how, result, pages):
        """Leave a walk inside a page, which takes a walk contact by contact."""
        first = result["pages"][: how["pages"]]
        walk = self.contacts.each(**options)
        for page in first[:-1]:
            pages.append([next(walk).id for _ in page])
        for _ in range(how["used"]):
            next(walk)
        pages.append(first[-1])
        return walk.cursor


def main():
    shim = ctypes.CDLL(sys.argv[1])
    shim.shim_waited.restype = shim.shim_timeout.restype = ctypes.c_int64
    shim.shim_url.restype = ctypes.c_char_p
    shim.shim_advance.argtypes = [ctypes.c_int64]
    client = Awaited if sys.argv[2:] == ["async"] else pgai.Contacts
    results = {}
    for path in sorted(TABLE.glob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            try:
                Row(row, shim, client).play()
                results[row["name"]] = None
            except Mismatch as mismatch:
                results[row["name"]] = str(mismatch)
            except Exception as error:
                results[row["name"]] = repr(error)
    json.dump(results, sys.stdout)


main()
