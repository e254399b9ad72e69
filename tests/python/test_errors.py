"""Each way to fail, and what its exception tells."""

import pickle

import pytest

import pgai

STATUSES = [
    (400, pgai.BadRequestError),
    (401, pgai.AuthenticationError),
    (402, pgai.InsufficientCreditsError),
    (403, pgai.PermissionDeniedError),
    (404, pgai.NotFoundError),
    (409, pgai.ConflictError),
    (418, pgai.APIError),
    (422, pgai.UnprocessableEntityError),
    (500, pgai.ServerError),
    (503, pgai.ServerError),
]
BODY_FAULTS = ["empty_body", "not_json", "missing_data"]
ATTRIBUTES = [
    "status",
    "message",
    "code",
    "details",
    "request_id",
    "retry_after",
    "requests",
    "outcome_unknown",
]


@pytest.fixture
def once(pgai_sandbox):
    """A client that does not try again."""
    with pgai_sandbox.client(max_attempts=1, timeout=1.0, max_wait=0.5) as client:
        yield client


@pytest.mark.parametrize("body", ["json", "html", "text", "empty"])
@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_each_status(pgai_sandbox, once, status, kind, body):
    pgai_sandbox.fault({"fault": "status", "code": status, "body": body})
    with pytest.raises(kind) as caught:
        once.get("c1")
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.requests, error.outcome_unknown) == (status, 1, False)
    assert error.message and error.message in str(error)
    assert str(error).count(f"status {status}") == 1 and error.request_id in str(error)
    assert "<" not in error.message


def test_the_tree():
    assert issubclass(pgai.NotFoundError, LookupError)
    assert issubclass(pgai.UsageError, ValueError)
    assert issubclass(pgai.TimeoutError, TimeoutError)
    assert issubclass(pgai.ConnectError, ConnectionError)
    assert issubclass(pgai.ConnectionLostError, ConnectionError)
    for kind in (pgai.APIError, pgai.TransportError, pgai.DecodeError, pgai.UsageError):
        assert issubclass(kind, pgai.Error)
    for kind in (pgai.OutcomeUnknownError, pgai.CancelledError, pgai.ClosedError):
        assert issubclass(kind, pgai.Error)
    for _, kind in STATUSES:
        assert issubclass(kind, pgai.APIError)


def test_a_401_names_where_the_key_came_from(pgai_sandbox, monkeypatch):
    secret = "not_the_key_of_this_sandbox"
    with (
        pgai.Contacts(secret, base_url=pgai_sandbox.url) as contacts,
        pytest.raises(pgai.AuthenticationError) as caught,
    ):
        contacts.list()
    assert "api_key" in str(caught.value) and secret not in repr(caught.value)
    monkeypatch.setenv("PGAI_API_KEY", secret)
    with (
        pgai.Contacts(base_url=pgai_sandbox.url) as contacts,
        pytest.raises(pgai.AuthenticationError) as caught,
    ):
        contacts.list()
    assert "PGAI_API_KEY" in str(caught.value) and secret not in repr(caught.value)


def test_a_403_names_the_permission(pgai_sandbox):
    with (
        pgai_sandbox.client(api_key="sandbox_read") as contacts,
        pytest.raises(pgai.PermissionDeniedError) as caught,
    ):
        contacts.create(first_name="x")
    assert caught.value.permission == "contacts:write"
    assert "contacts:write" in str(caught.value)


def test_a_429_that_would_take_too_long(pgai_sandbox, once):
    pgai_sandbox.fault({"fault": "rate_limited", "retry_after": "seconds", "seconds": 30})
    with pytest.raises(pgai.RateLimitError) as caught:
        once.list()
    assert caught.value.retry_after == pytest.approx(30, abs=1)
    assert caught.value.status == 429


@pytest.mark.parametrize("fault", BODY_FAULTS)
def test_responses_that_are_none(pgai_sandbox, once, fault):
    pgai_sandbox.fault({"fault": fault})
    with pytest.raises(pgai.DecodeError):
        once.list()


def test_failures_on_the_way(pgai_sandbox, once):
    pgai_sandbox.fault({"fault": "cut", "k": 50, "match": {"times": 1}})
    with pytest.raises(pgai.ConnectionLostError):
        once.list()
    pgai_sandbox.fault({"fault": "redirect", "to": "other_host"})
    with pytest.raises(pgai.TransportError, match="redirect"):
        once.list()
    pgai_sandbox.close()
    with pytest.raises(pgai.ConnectError) as caught:
        once.list()
    assert caught.value.status is None


def test_tls_against_a_server_without():
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def respond():
            connection, _ = server.accept()
            connection.recv(1024)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=respond)
        thread.start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}/v1"
        with (
            pgai.Contacts("key", base_url=url, max_attempts=1) as contacts,
            pytest.raises(pgai.TLSError),
        ):
            contacts.list()
        thread.join()


def test_a_create_of_unknown_outcome(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "commit_then_drop"})
    with pytest.raises(pgai.OutcomeUnknownError) as caught:
        contacts.create(first_name="Sarah")
    assert caught.value.outcome_unknown is True
    assert len(pgai_sandbox.log()["created"]) == 1


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_exceptions_survive_pickling(pgai_sandbox, once, status, kind):
    pgai_sandbox.fault({"fault": "status", "code": status})
    with pytest.raises(kind) as caught:
        next(once.pages())
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(caught.value, protocol))
        assert type(again) is kind
        assert str(again) == str(caught.value)
        for name in (*ATTRIBUTES, "cursor"):
            assert getattr(again, name) == getattr(caught.value, name)


def test_exceptions_can_be_made_by_hand():
    error = pgai.NotFoundError("gone", status=404, request_id="r1")
    assert (error.message, error.status, error.request_id) == ("gone", 404, "r1")
    assert error.code is None and error.requests == 0
    assert pickle.loads(pickle.dumps(error)).request_id == "r1"
    assert str(pgai.UsageError("x")) == "x"


def test_a_failure_leaves_the_client_usable(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "status", "code": 404, "match": {"times": 1}})
    with pytest.raises(pgai.NotFoundError):
        contacts.get("c1")
    assert contacts.list().total == 1000
