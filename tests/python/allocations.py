"""Lets each allocation of each public call fail once; test_allocations.py starts it.

It runs with failing_library.c preloaded, and with every object of Python on malloc(), so
that what fails is Python's memory as well as libcurl's and the core's. It prints a JSON
object: the name of a call, how many allocations failed, and what then was wrong.
"""

import contextlib
import copy
import ctypes
import gc
import json
import os
import pickle
import select
import socket
import sys
import threading
from functools import partial

import pgai
from pgai.testing import Sandbox

# How many fail in a row; of a call with many allocations, one is enough.
RUNS = (1, 2, 7)
MANY = 300
FIELDS = {
    "first_name": "Zoë",
    "last_name": "Connor",
    "email": "sarah@resistance.example",
    "job_title": "Leader",
    "company": "Resistance",
    "linkedin_url": "https://linkedin.example/sarah",
    "location": "Los Angeles",
    "phone": "+1 555 0100",
}
EXTRA = {"country": "US", "tags": ["a", {"b": 1.5}]}
PLAN = [
    {"start": 1, "count": 1, "limit": 30},
    {"start": 2, "count": None, "limit": 30},
]
ODD = {"id": "c1", "phone": [1, "\ufffd"], "extra": {"n\ufffd": [2.5, "x"], "ö": "ü"}}


class Wrong(Exception):
    """A call that was short of memory neither did its work nor said so."""


def demand(holds, *what):
    if not holds:
        raise Wrong(*what)


class Call:
    """A public call, and what is right of its result."""

    def __init__(self, make, is_right, raises=()):
        self.make = make
        self.is_right = is_right
        self.raises = raises

    def check(self, result):
        if isinstance(result, MemoryError) or is_lost_by_python(result):
            return
        if isinstance(result, BaseException) and not isinstance(result, self.raises):
            fits = isinstance(result, pgai.Error) and not isinstance(result, UNFIT)
            demand(fits, "raised", repr(result))
        else:
            demand(self.is_right(result), "gave", repr(result))


# Lack of memory is neither a mistake of the caller nor a verdict of the service.
UNFIT = (pgai.UsageError, pgai.APIError, pgai.ClosedError, pgai.CancelledError)


def is_lost_by_python(error):
    """Where Python 3.11 has no memory for the traceback of a function that is written in
    Python, it loses the exception itself, and 3.11.2 also the text that says so; where an
    import has none, it tells another."""
    if isinstance(error, SystemError):
        lost = ("error return without exception set", "<function ")
        return not error.args or str(error).startswith(lost)
    lost = ("can't allocate lock", "Error calling __set_name__ ")
    return isinstance(error, RuntimeError) and str(error).startswith(lost)


class Library:
    def __init__(self, path):
        library = ctypes.PyDLL(path)
        self.arm = library.failing_arm
        self.arm.argtypes = [ctypes.c_long, ctypes.c_long]
        self.arm.restype = None
        self._disarm = library.failing_disarm

    def disarm(self):
        """Whether an allocation failed; to ask may take one that is still to fail."""
        while True:
            try:
                return self._disarm()
            except MemoryError:
                continue


def attempt(library, call, after, count):
    try:
        library.arm(after, count)
        result = call()
    except BaseException as error:
        result = error
    failed = library.disarm()
    return failed, result


def play(library, call):
    """Each allocation fails in turn, until the call gets by without it."""
    for _ in range(3):
        call.check(attempt(library, call.make, 0, 0)[1])
    most = 0
    for count in RUNS:
        if most > MANY:
            break
        after, failed = 0, True
        while failed:
            failed, result = attempt(library, call.make, after, count)
            try:
                call.check(result)
                result = None
                # And nothing of it is left for the next one.
                result = attempt(library, call.make, 0, 0)[1]
                demand(not isinstance(result, MemoryError), "the next raised MemoryError")
                call.check(result)
            except Wrong as wrong:
                raise Wrong(after, count, *wrong.args) from None
            after += 1
        most = max(most, after)
    return most


def is_page(page):
    return [len(page), page.page, page.total] == [3, 1, 60] and all(
        contact.id and contact.has("email") for contact in page
    )


def is_created(contact):
    return contact.to_dict().items() >= (FIELDS | {"country": "US"}).items()


def is_all(contacts):
    ids = [contact.id for contact in contacts if contact]
    return len(ids) == len(set(ids)) == 60


def patient_walk(make):
    """A walk that is gone on with after a lack of memory loses and repeats nothing."""

    def walk():
        iterator = make()
        seen = [None] * 70  # So that to note an item takes no memory.
        count = failures = 0
        while True:
            try:
                if failures > 1:  # The walk itself ended; its cursor tells where.
                    iterator, failures = make(cursor=iterator.cursor), 0
                for item in iterator:
                    seen[count] = item
                    count += 1
                return seen
            except (MemoryError, pgai.TransportError):
                failures += 1

    return walk


class Team(pgai.Contacts):
    __slots__ = ("__dict__", "two")

    def __init__(self, **options):
        super().__init__("key", **options)
        self.one, self.two = "a", "b"


def calls_of_a_client(sandbox, contacts, known):
    path = sandbox.url
    team = Team(base_url=path, proxy="")

    def make():
        with pgai.Contacts("key", base_url=path, proxy="", max_attempts=1) as client:
            return repr(client)

    def with_options():
        other = contacts.with_options(timeout=3.0).with_options(user_agent="other")
        return other.list(1, 3)

    def renewed():
        keys = iter(("sandbox_key", "sandbox_read"))
        with pgai.Contacts(lambda: next(keys), base_url=path, proxy="") as client:
            return client.list(1, 3)

    def of_a_class():
        other = team.with_options(timeout=3.0).with_options(api_key="key")
        return other.one, other.two

    def close():
        return pgai.Contacts("key", base_url=path, proxy="").close()

    def bad_key():
        return pgai.Contacts("a b", base_url=path)

    return {
        "Contacts": Call(make, lambda text: "Contacts" in text),
        "with_options": Call(with_options, is_page),
        "a new key": Call(renewed, is_page),
        "with_options of a class": Call(of_a_class, lambda kept: kept == ("a", "b")),
        "close": Call(close, lambda nothing: nothing is None),
        "a key that is none": Call(bad_key, lambda error: True, pgai.UsageError),
        "rate_limit": Call(
            lambda: contacts.rate_limit, lambda told: told.limit == 1000000
        ),
        "list": Call(lambda: contacts.list(1, 3), is_page),
        "list with limits": Call(
            lambda: contacts.list(page=1, per_page=3, timeout=5.0, deadline=9), is_page
        ),
        "get": Call(lambda: contacts.get(known), lambda contact: contact.id == known),
        "create": Call(
            lambda: contacts.create(**FIELDS, extra=EXTRA),
            is_created,
        ),
        "request": Call(
            lambda: contacts.request("GET", "/contacts", query={"limit": 3, "page": 1}),
            lambda response: len(response.json["data"]) == 3,
        ),
        "a request with a body": Call(
            lambda: contacts.request("POST", "/contacts", json=FIELDS | EXTRA),
            lambda response: response.status == 201,
        ),
        "plan": Call(lambda: contacts.plan(2, limit=30), lambda parts: parts == PLAN),
        "a function for a key": Call(
            partial(sandbox.client(api_key=lambda: "sandbox_key", pace=False).get, known),
            lambda contact: contact.id == known,
        ),
        "each, gone on with": Call(
            patient_walk(partial(contacts.each, limit=12)), lambda seen: is_all(seen)
        ),
        "pages, gone on with": Call(
            patient_walk(partial(contacts.pages, limit=30)),
            lambda seen: is_all([contact for page in seen if page for contact in page]),
        ),
        "pages": Call(
            lambda: [len(page) for page in contacts.pages(limit=30)],
            lambda lengths: lengths == [30, 30],
        ),
        "each": Call(lambda: list(contacts.each(limit=30)), is_all),
        "each to Arrow": Call(
            lambda: repr(contacts.each().__arrow_c_stream__()),
            lambda text: "arrow_array_stream" in text,
        ),
        "get_many": Call(
            lambda: [one and one.id for one in contacts.get_many([known, "nobody"])],
            lambda ids: ids == [known, None],
        ),
        "each with details": Call(
            lambda: list(contacts.each(limit=4, count=1, details=True)),
            lambda seen: [contact.has("created_at") for contact in seen] == [True] * 4,
        ),
    }


class Driver:
    """Drives calls on an engine, as an event loop does."""

    def __init__(self, contacts):
        self.client = contacts._client()
        self.engine = self.client.engine()
        self.poll = select.poll()
        self.poll.register(self.engine.fileno())

    def wait(self, calls):
        """Until one of them is over; who cannot wait ends them."""
        try:
            while not any(call in calls for call in self.engine.work()):
                self.poll.poll(1000)
        except BaseException:
            self.end(calls)
            raise

    def end(self, calls):
        for call in calls:
            while True:
                try:
                    self.engine.cancel(call)
                    break
                except MemoryError:
                    continue

    def run(self, make, *arguments):
        call = make(*arguments)
        self.engine.start(call)
        self.wait([call])
        return call.result()

    def walk(self):
        steps = self.client.each_steps(None, None, 30, 1, False, False, None, None)
        return list(self.items(steps, steps.next))

    def batches(self):
        steps = self.client.pages_steps(None, None, 20, 1, False, False, None, None)
        read = []
        for batch in self.items(steps, steps.batch):
            assert "arrow_array" in repr(batch.__arrow_c_array__())
            assert "arrow_array_stream" in repr(batch.__arrow_c_stream__())
            read.append(len(batch))
        return read

    def items(self, steps, take):
        try:
            while True:
                while (item := take()) is steps:
                    self.wait(steps.start(self.engine))
                yield item
        except StopAsyncIteration:
            return


def calls_of_an_engine(contacts, known):
    driver = Driver(contacts)
    client = driver.client
    query = {"limit": 3, "page": 1}
    return {
        "engine": Call(lambda: client.engine().fileno(), lambda number: number > 2),
        "list on an engine": Call(partial(driver.run, client.list_call, 1, 3), is_page),
        "get on an engine": Call(
            partial(driver.run, client.get_call, known),
            lambda contact: contact.id == known,
        ),
        "create on an engine": Call(
            lambda: driver.run(client.create_call, FIELDS | {"extra": EXTRA}), is_created
        ),
        "request on an engine": Call(
            partial(driver.run, client.request_call, "GET", "/contacts", query, None),
            lambda response: len(response.json["data"]) == 3,
        ),
        "plan on an engine": Call(
            partial(driver.run, client.plan_call, 2, 30), lambda parts: parts == PLAN
        ),
        "each on an engine": Call(driver.walk, is_all),
        "batches on an engine": Call(driver.batches, lambda rows: rows == [20, 20, 20]),
    }


def calls_of_a_walk(contacts):
    walk = contacts.each(limit=20)
    next(walk)
    pages = contacts.pages(limit=20)
    next(pages)
    cursor = walk.cursor
    return {
        "cursor": Call(lambda: walk.cursor, lambda text: text == cursor),
        "stats": Call(lambda: walk.stats, lambda stats: stats.contacts == 1),
        "stats of pages": Call(
            lambda: (pages.stats, pages.cursor), lambda both: both[0].pages == 1
        ),
        "from a cursor": Call(
            lambda: next(contacts.each(limit=20, cursor=cursor)).id, lambda id: id
        ),
        "a wrong cursor": Call(
            lambda: contacts.each(cursor="nonsense"), lambda error: True, pgai.UsageError
        ),
    }


def calls_of_values(contact, page):
    odd = pgai.Contact(**ODD)
    twin = pickle.loads(pickle.dumps(odd))
    written = pgai.Page([odd, contact]).to_csv(["id", "ö", "extra"])
    escaped = pgai.Contact(b'{"first_name":"\\u00e9"}')
    return {
        "to_dict": Call(lambda: odd.to_dict(), lambda d: d["phone"] == [1, "\ufffd"]),
        "extra": Call(lambda: odd.extra, lambda extra: extra["n\ufffd"] == [2.5, "x"]),
        "raw": Call(lambda: contact.raw, lambda text: json.loads(text)["id"]),
        "an odd field": Call(lambda: odd.phone, lambda phone: phone == [1, "\ufffd"]),
        "has": Call(
            lambda: [odd.has(n) for n in ("id", "ö", "é", "email", "a\ud83d")],
            lambda found: found == [True, True, False, False, False],
        ),
        "a mapping": Call(
            lambda: (dict(odd), len(odd), odd.get("é"), odd.get("ö"), list(contact)),
            lambda five: five[0] == odd and five[1:4] == (len(twin), None, "ü"),
        ),
        "no key": Call(lambda: odd["é"], lambda error: error.args == ("é",), KeyError),
        "an escape": Call(
            lambda: (escaped.first_name, escaped.to_dict()),
            lambda two: two == ("é", {"first_name": "é"}),
        ),
        "repr": Call(lambda: (repr(contact), repr(page)), lambda two: "Page" in two[1]),
        "hash": Call(lambda: (hash(odd), hash(page)), bool),
        "equal": Call(lambda: (odd == twin, odd != contact), lambda two: all(two)),
        "pickle": Call(lambda: pickle.loads(pickle.dumps(odd)), lambda new: new == twin),
        "pickle of a page": Call(
            lambda: pickle.loads(pickle.dumps(page)), lambda new: new == page
        ),
        "copy": Call(lambda: copy.deepcopy([odd, page]), lambda new: new == [twin, page]),
        "Contact": Call(lambda: pgai.Contact(**ODD), lambda new: new == twin),
        "Page": Call(lambda: pgai.Page([contact], page=1), lambda new: len(new) == 1),
        "of a page": Call(
            lambda: (page[1:], page[0] in page, page.index(page[0]), page.count(page[0])),
            lambda four: four[1:] == (True, 0, 1),
        ),
        "to_csv": Call(
            lambda: pgai.Page([odd, contact]).to_csv(["id", "ö", "extra"]),
            lambda text: text == written,
        ),
        "to_ndjson": Call(
            lambda: pgai.Page([odd]).to_ndjson(), lambda text: json.loads(text)["id"]
        ),
        "page to Arrow": Call(
            lambda: repr((page.__arrow_c_array__(), page.__arrow_c_stream__())),
            lambda text: "arrow_array_stream" in text,
        ),
        "html": Call(lambda: page._repr_html_(), lambda text: "<table>" in text),
        "created": Call(lambda: contact.created, lambda moment: moment.tzinfo),
    }


REFUSALS = {
    400: pgai.BadRequestError,
    401: pgai.AuthenticationError,
    403: pgai.PermissionDeniedError,
    404: pgai.NotFoundError,
    422: pgai.UnprocessableEntityError,
    429: pgai.RateLimitError,
    503: pgai.ServerError,
}
DETAILS = {"field": "email", "rules": ["a\ufffd", 1.5, {"most": 10}]}
REFUSAL = json.dumps({"error": "No.", "code": "NO", "details": DETAILS}).encode()


def refuse(listener):
    """Answers /v1/contacts/N with status N."""
    while True:
        connection, _ = listener.accept()
        with connection:
            status = connection.recv(65536).split()[1].rpartition(b"/")[2]
            connection.sendall(
                b"HTTP/1.1 %b No\r\nX-Request-Id: r1\r\nRetry-After: 1\r\n"
                b"Content-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (status, len(REFUSAL), REFUSAL)
            )


def is_refusal(error):
    """What could not be kept is left out, and not half of it."""
    return (
        isinstance(error, REFUSALS[error.status])
        and error.code in ("NO", None)
        and error.details in (DETAILS, None)
        and error.request_id == "r1"
    )


def calls_that_fail():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    threading.Thread(target=refuse, args=[listener], daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    contacts = pgai.Contacts(
        "key", base_url=url, proxy="", max_attempts=1, max_wait=0.001, pace=False
    )
    return {
        f"a refusal with {status}": Call(
            partial(contacts.get, str(status)), is_refusal, pgai.APIError
        )
        for status in REFUSALS
    }


def first_create(library, sandbox):
    """The first call of a process, which imports modules; each in a child."""
    after, going = 0, True
    while going:
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                os._exit(play_first(library, sandbox, after))
            os._exit(3)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        demand(status in (0, 1), after, "a child ended with", status)
        going = status == 1
        after += 23
    return after


def play_first(library, sandbox, after):
    """0: it is done; 1: an allocation failed; 2: what came of it is wrong."""
    contacts = sandbox.client(max_attempts=1, pace=False)
    call = Call(lambda: contacts.create(**FIELDS, extra=EXTRA), is_created)
    failed, result = attempt(library, call.make, after, 1)
    try:
        call.check(result)
        call.check(call.make())
    except (Wrong, MemoryError) as wrong:
        print(after, repr(wrong), file=sys.stderr)
        return 2
    return int(failed)


def told_creates(library, sandbox):
    """Whoever does not get the contact that was created is told that it may have been."""
    contacts = sandbox.client(max_attempts=1, pace=False)
    make = partial(contacts.create, **FIELDS, extra=EXTRA)
    make()
    after, failed = 0, True
    while failed:
        before = sandbox.log()["counts"]["created"]
        failed, result = attempt(library, make, after, 1)
        created = sandbox.log()["counts"]["created"] - before
        if isinstance(result, MemoryError):
            result = result.__cause__
        is_told = isinstance(result, (pgai.Contact, pgai.OutcomeUnknownError))
        demand(not created or is_told, after, "created, and raised", repr(result))
        after += 1
    return after


def check_created(sandbox):
    """What the service was sent is whole."""
    for contact in sandbox.log()["created"]:
        demand(contact.items() >= (FIELDS | EXTRA).items(), "it was sent", contact)


def record(results, name, sandbox, run, *arguments):
    gc.collect()
    gc.disable()
    try:
        results[name] = [run(*arguments), None]
        check_created(sandbox)
    except Wrong as wrong:
        results[name] = [0, " ".join(map(str, wrong.args))]
    gc.enable()
    sandbox.reset()


def main():
    library = Library(sys.argv[1])
    unraisable = []
    sys.unraisablehook = lambda found: unraisable.append(repr(found.exc_value))
    results = {}
    with Sandbox(contacts=60, limiter="bucket", rate_limit=1000000) as sandbox:
        record(results, "the first create", sandbox, first_create, library, sandbox)
        record(results, "told creates", sandbox, told_creates, library, sandbox)
        with sandbox.client(max_attempts=1, pace=False) as contacts:
            known = contacts.list(1, 1)[0].id
            page = contacts.list(1, 3)
            calls = calls_of_a_client(sandbox, contacts, known)
            calls |= calls_of_an_engine(contacts, known)
            calls |= calls_of_a_walk(contacts)
            calls |= calls_of_values(contacts.get(known), page)
            calls |= calls_that_fail()
            for name in calls:
                record(results, name, sandbox, play, library, calls[name])
    results["left over"] = [
        1,
        [text for text in unraisable if "Memory" not in text] or None,
    ]
    json.dump(results, sys.stdout)


main()
