"""The calls, as a newcomer makes them."""

import gc
import http.server
import json
import math
import operator
import threading
import urllib.parse

import pytest

import pgai


def test_the_documentation_s_three_calls(pgai_sandbox, contacts):
    page = contacts.list(page=1, limit=25)
    assert (page.page, page.limit, page.total) == (1, 25, 1000)
    created = contacts.create(
        first_name="Sarah", last_name="Connor", email="sarah@example.com"
    )
    assert contacts.get(created.id).email == "sarah@example.com"
    log = pgai_sandbox.log()
    assert [r["method"] for r in log["requests"]] == ["GET", "POST", "GET"]
    assert [c["id"] for c in log["created"]] == [created.id]


def test_a_page_is_a_sequence(contacts):
    page = contacts.list(limit=10)
    assert len(page) == 10
    assert page[0] == next(iter(page))
    assert page[-1] == list(page)[9]
    assert [c.id for c in page[2:4]] == [page[2].id, page[3].id]
    assert page[3] in page
    assert page.index(page[3]) == 3
    with pytest.raises(IndexError):
        page[10]
    with pytest.raises(TypeError):
        page["first"]


def test_a_page_shows_itself_in_notebooks_escaped(contacts):
    contacts.create(first_name="<script>", email="a@example.com")
    page = contacts.list(page=21, limit=50)
    assert "&lt;script&gt;" in page._repr_html_()
    assert "<script>" not in page._repr_html_()
    assert "@" not in repr(page)


@pytest.mark.pgai_sandbox(contacts=120)
def test_habits_of_a_peer(contacts):
    everything = list(contacts)
    assert len(everything) == 120
    assert len({c.id for c in everything}) == 120
    for number, contact in enumerate(contacts):
        assert contact == everything[number]
    assert [c.id for c in contacts.each(limit=7)] == [c.id for c in everything]
    pages = [len(page) for page in contacts.pages(limit=50)]
    assert pages == [50, 50, 20]
    assert sum(1 for _ in zip(contacts, range(3), strict=False)) == 3


def test_per_page_is_another_name_for_limit(contacts):
    assert len(contacts.list(per_page=7)) == 7
    assert len(next(contacts.pages(per_page=7))) == 7
    for call in (contacts.list, contacts.pages, contacts.each):
        with pytest.raises(pgai.UsageError, match="per_page"):
            call(limit=1, per_page=1)


def test_extra_fields_are_sent_and_come_back(pgai_sandbox, contacts):
    contacts.create(first_name="Sarah", extra={"country": "US", "tags": ["a"], "é": "ü"})
    created = pgai_sandbox.log()["created"][0]
    assert created["country"] == "US"


def test_the_key_comes_from_argument_callable_or_environment(pgai_sandbox, monkeypatch):
    with pgai.Contacts(
        lambda: pgai_sandbox.api_key, base_url=pgai_sandbox.url
    ) as contacts:
        assert contacts.list().total == 1000
    monkeypatch.setenv("PGAI_API_KEY", pgai_sandbox.api_key)
    monkeypatch.setenv("PGAI_BASE_URL", pgai_sandbox.url)
    with pgai.Contacts() as contacts:
        assert contacts.list().total == 1000
    monkeypatch.delenv("PGAI_API_KEY")
    with pytest.raises(pgai.UsageError, match="PGAI_API_KEY"):
        pgai.Contacts()


def test_what_a_callable_for_the_key_raises_comes_out():
    def broken():
        raise KeyError("vault")

    with pytest.raises(KeyError, match="vault"):
        pgai.Contacts(broken)
    with pytest.raises(TypeError):
        pgai.Contacts(lambda: 3)


def test_with_options_shares_connections(pgai_sandbox, contacts):
    contacts.list()
    other = contacts.with_options(timeout=5.0, max_attempts=1)
    other.list()
    assert pgai_sandbox.log()["counts"]["connections"] == 1
    pgai_sandbox.fault({"fault": "status", "code": 503})
    with pytest.raises(pgai.ServerError) as caught:
        other.list()
    assert caught.value.requests == 1
    with pytest.raises(TypeError):
        contacts.with_options(no_such_option=1)


def test_a_call_has_limits_of_its_own(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "stall", "k": 0})
    with pytest.raises(pgai.TimeoutError):
        contacts.list(timeout=0.1, deadline=0.2)
    with pytest.raises(TimeoutError):
        contacts.get("c1", timeout=0.1, deadline=0.2)
    with pytest.raises(pgai.OutcomeUnknownError) as caught:
        contacts.create(first_name="Sarah", timeout=0.1)
    assert caught.value.outcome_unknown is True


@pytest.mark.pgai_sandbox(limiter="fixed", rate_limit=30)
def test_the_rate_limit(contacts):
    assert contacts.rate_limit is None
    contacts.list()
    assert contacts.rate_limit.limit == 30
    assert contacts.rate_limit.remaining == 29
    assert 0 < contacts.rate_limit.reset <= 61
    assert contacts.rate_limit.wait == 0


@pytest.mark.pgai_sandbox(limiter="fixed", rate_limit=1)
def test_the_rate_limit_tells_how_long_the_next_request_would_wait(contacts):
    contacts.list()
    wait = contacts.rate_limit.wait
    with pytest.raises(pgai.RateLimitError) as caught:
        contacts.with_options(max_wait=0.001).list()
    assert 0 < caught.value.retry_after <= wait <= caught.value.retry_after + 1


def test_a_closed_client_says_so(contacts):
    contacts.close()
    contacts.close()
    for call in (
        contacts.list,
        lambda: contacts.get("c1"),
        lambda: contacts.create(first_name="x"),
        lambda: next(iter(contacts)),
        lambda: next(contacts.pages()),
    ):
        with pytest.raises(pgai.ClosedError):
            call()


def test_a_client_shows_no_key(pgai_sandbox, contacts):
    assert pgai_sandbox.api_key not in repr(contacts)
    assert pgai_sandbox.api_key not in str(
        vars(contacts) if hasattr(contacts, "__dict__") else ""
    )


@pytest.mark.pgai_sandbox(contacts=120)
def test_breaking_out_of_a_walk_leaves_nothing_open(pgai_sandbox, contacts):
    for _ in contacts.each(limit=10):
        break
    before = pgai_sandbox.log()["counts"]["requests"]
    gc.collect()
    assert contacts.list().total == 120
    counts = pgai_sandbox.log()["counts"]
    assert counts["requests"] == before + 1
    assert counts["connections"] == 1


@pytest.mark.pgai_sandbox(contacts=120)
def test_a_walk_tells_where_it_stands(contacts):
    walk = contacts.each(limit=50)
    assert walk.stats.pages == 0
    seen = [next(walk) for _ in range(60)]
    assert walk.stats.total == 120
    assert walk.stats.requests == 3
    assert walk.__length_hint__() == 60
    rest = list(contacts.each(cursor=walk.cursor))
    assert len(seen) + len(rest) == 120
    assert not {c.id for c in seen} & {c.id for c in rest}


class Boaster(http.server.BaseHTTPRequestHandler):
    """A service with ten contacts a page, and a total that is beyond reason."""

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        page = int(query["page"][0])
        contacts = [{"id": f"{page}.{i}"} for i in range(10 if page < 8 else 0)]
        told = {"page": page, "limit": 10, "total": self.server.total}
        body = json.dumps({"data": contacts, "pagination": told}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", len(body))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def boaster():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Boaster) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("kind", ["each", "pages"])
@pytest.mark.parametrize("total", [10**13, 2**62, 2**63 - 1])
def test_a_total_beyond_reason_makes_no_room(boaster, total, kind):
    boaster.total = total
    url = f"http://127.0.0.1:{boaster.server_port}/v1"
    with pgai.Contacts("key", base_url=url, proxy="", max_attempts=1) as contacts:
        walk = getattr(contacts, kind)(limit=10)
        next(walk)
        assert walk.stats.total == total
        assert 100_000 <= operator.length_hint(walk) <= 1_000_000
        with pytest.raises(pgai.DecodeError):
            list(walk)  # It fails for what is missing, not for lack of memory.
        assert walk.stats.contacts == 70


@pytest.mark.pgai_sandbox(contacts=120)
def test_a_walk_that_fails_can_be_resumed(pgai_sandbox, contacts):
    page_3 = {"match": {"path": "/v1/contacts", "nth": 3}}
    pgai_sandbox.fault({"fault": "status", "code": 403} | page_3)
    seen = []
    with pytest.raises(pgai.PermissionDeniedError) as caught:
        seen.extend(contacts.each(limit=50))
    walk = contacts.each(limit=50)
    seen = []
    pgai_sandbox.reset()
    pgai_sandbox.fault({"fault": "status", "code": 403} | page_3)
    with pytest.raises(pgai.PermissionDeniedError) as caught:
        for contact in walk:
            seen.append(contact.id)
    assert len(seen) == 100
    assert caught.value.cursor == walk.cursor
    with pytest.raises(pgai.PermissionDeniedError):
        next(walk)
    rest = [c.id for c in contacts.each(cursor=caught.value.cursor)]
    assert len(set(seen + rest)) == 120


def test_len_is_for_pages_only(contacts):
    with pytest.raises(TypeError):
        len(contacts.each())
    with pytest.raises(TypeError):
        len(contacts)


def test_call_options_that_are_no_limits(contacts):
    assert contacts.list(timeout=math.inf).total == 1000
    assert contacts.list(timeout=None, deadline=None).total == 1000
