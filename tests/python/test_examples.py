"""The examples, run as their reader would."""

import asyncio
import contextlib
import functools
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from conftest import ROOT, every_fault

import pgai

# Contacts that move from where a walk was not to where it was leave no sign;
# and the first contact of a list is never shown with its own id.
UNSEEN = {"contacts_moved", "wrong_id"}


@pytest.fixture
def example(pgai_sandbox):
    started = []

    def start(name, *arguments):
        environment = os.environ | {
            "PGAI_BASE_URL": pgai_sandbox.url,
            "PGAI_API_KEY": pgai_sandbox.api_key,
        }
        program = [name] if name == "-m" else [ROOT / "examples" / name]
        process = subprocess.Popen(
            [sys.executable, "-W", "error", *program, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def finish(process, status=0):
    said, complained = process.communicate(timeout=60)
    assert process.returncode == status, complained
    return said


def test_contacts_tour(example):
    said = finish(example("contacts_tour.py"))
    assert said.splitlines()[-1] == "python: 1001 contacts in 21 requests"


def test_async_walk(example):
    said = finish(example("async_walk.py"))
    assert said.splitlines()[-1] == "asyncio: 1001 contacts in 21 requests"


def test_list_contacts(example):
    said = finish(example("list_contacts.py", "2", "10"))
    assert said.splitlines()[-1] == "page 2, 10 of 1000 contacts"


def test_list_contacts_with_a_key_that_is_none(example, pgai_sandbox):
    pgai_sandbox.fault({"fault": "status", "code": 401})
    finish(example("list_contacts.py"), status=1)


def ids_at(pgai_sandbox):
    with pgai_sandbox.client() as contacts:
        return {contact.id for contact in contacts}


def are_gone(pgai_sandbox, ids):
    """Whether the service has none of these contacts any more. Ends faults, if needed."""
    if ids:
        steer(pgai_sandbox, "DELETE", "faults")
    with pgai_sandbox.client() as contacts:
        for id in ids:
            with contextlib.suppress(pgai.NotFoundError):
                return contacts.get(id) is None
    return True


def steer(pgai_sandbox, method, path, body=None):
    url = pgai_sandbox.url.removesuffix("/v1") + "/__sandbox/" + path
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(
        urllib.request.Request(url, data, method=method), timeout=10
    ):
        pass


@pytest.fixture
def run(pgai_sandbox, monkeypatch, capsys):
    """Run an example in this process, which is faster: its status and its stderr."""
    monkeypatch.setenv("PGAI_BASE_URL", pgai_sandbox.url)
    monkeypatch.setenv("PGAI_API_KEY", pgai_sandbox.api_key)
    monkeypatch.setitem(sys.modules, "tqdm", None)

    # What the service does wrong here, it does again: to wait for more attempts is idle.
    once = functools.partial(pgai.Contacts, max_attempts=1)
    monkeypatch.setattr(pgai, "Contacts", once)

    def run(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        main = runpy.run_path(str(ROOT / "examples" / name))["main"]
        return main(), capsys.readouterr().err

    return run


def test_to_dataframe(example):
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    assert finish(example("to_dataframe.py")).splitlines()[-1] == "1000 rows"


@every_fault
def test_to_dataframe_says_when_contacts_are_missing(pgai_sandbox, rule):
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    living = ids_at(pgai_sandbox)
    pgai_sandbox.fault(rule)
    module = runpy.run_path(str(ROOT / "examples/to_dataframe.py"))
    with pgai_sandbox.client() as contacts:
        try:
            table, reason = module["columns"](contacts)
        except pgai.Error:
            return
        if reason is None and rule["fault"] not in UNSEEN:
            assert are_gone(pgai_sandbox, living - set(table["id"]))


def test_to_dataframe_ends_with_another_status_then(run, pgai_sandbox):
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    pgai_sandbox.fault({"fault": "short_page", "page": 5})
    status, complained = run("to_dataframe.py")
    assert status == 3
    assert complained.startswith("some may be missing: ")


QUERIES = {
    "to_parquet.py": "FROM read_parquet('{}')",
    "to_duckdb.py": "FROM people.contacts",
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_table_is_replaced_as_a_whole(example, pgai_sandbox, tmp_path, name):
    duckdb = pytest.importorskip("duckdb")
    path = str(tmp_path / "people")

    def ids():
        with duckdb.connect() as database:
            if name == "to_duckdb.py":
                database.execute(f"ATTACH '{path}' AS people (READ_ONLY)")
            rows = database.sql(QUERIES[name].format(path))
            return {row[0] for row in rows.select("id").fetchall()}

    assert finish(example(name, path)) == "1000 rows\n"
    assert ids() == ids_at(pgai_sandbox)
    pgai_sandbox.fault({"fault": "short_page", "page": 5})
    finish(example(name, path), status=1)
    assert len(ids()) == 1000
    pgai_sandbox.reset()
    with pgai_sandbox.client() as contacts:
        contacts.create(first_name="Sarah")
    assert finish(example(name, path)) == "1001 rows\n"
    assert ids() == ids_at(pgai_sandbox)


def test_lookup_service(example, pgai_sandbox):
    with pgai_sandbox.client() as contacts:
        contact = contacts.list()[0]
    service = example("lookup_service.py")
    url = service.stdout.readline().strip()
    with urllib.request.urlopen(url + contact.id, timeout=10) as response:
        assert contact.id in response.read().decode()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url + "nobody", timeout=10)
    assert caught.value.code == 404
    caught.value.close()
    service.send_signal(signal.SIGINT)
    assert finish(service) == "bye\n"


@pytest.fixture
def ask(example):
    """Ask the web application: the status, the headers and the JSON."""
    pytest.importorskip("fastapi")
    pytest.importorskip("uvicorn")
    arguments = ("--app-dir", str(ROOT / "examples"), "fastapi_app:app", "--port", "0")
    server = example("-m", "uvicorn", *arguments)
    said = next(line for line in server.stderr if "running on" in line)
    url = re.search(r"http://\S+", said)[0]

    def ask(path, new=None):
        body = None if new is None else json.dumps(new).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url + path, body, headers)
        try:
            response = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response.status, response.headers, json.load(response)

    yield ask
    server.send_signal(signal.SIGINT)
    complained = server.communicate(timeout=10)[1]
    assert "Application shutdown complete" in complained
    assert "Traceback" not in complained


def test_fastapi_app(ask, pgai_sandbox):
    with pgai_sandbox.client() as contacts:
        page = contacts.list(page=2, limit=10)
        assert ask("/contacts?page=2&limit=10")[2] == list(page)
        assert ask("/contacts/" + page[0].id)[2] == contacts.get(page[0].id)
        status, _, made = ask("/contacts", {"first_name": "Sarah"})
        assert status == 201
        assert made.items() <= contacts.get(made["id"]).items()


def test_fastapi_app_answers_errors(ask, pgai_sandbox):
    assert ask("/contacts/nobody")[0] == 404
    assert ask("/contacts?page=0")[0] == ask("/contacts?page=two")[0] == 422
    pgai_sandbox.fault({"fault": "status", "code": 401})
    answer = {"detail": "the contacts cannot be reached"}
    assert ask("/contacts")[::2] == (502, answer)
    pgai_sandbox.reset()
    pgai_sandbox.fault({"fault": "rate_limited", "seconds": 30})
    for after in ("30", "31"):  # The second is not sent any more.
        status, headers, answer = ask("/contacts")
        assert (status, headers["Retry-After"]) == (429, after)
        assert answer == {"detail": "too many requests"}
    assert pgai_sandbox.log()["counts"]["requests"] == 1


def test_fastapi_app_creates_nothing_twice(ask, pgai_sandbox):
    pgai_sandbox.fault({"fault": "commit_then_drop"})
    status, _, body = ask("/contacts", {"first_name": "Sarah"})
    assert (status, "may have been created" in body["detail"]) == (502, True)
    assert len(pgai_sandbox.log()["created"]) == 1


@pytest.mark.parametrize(
    ("error", "status"),
    [(pgai.TimeoutError, 504), (pgai.ServerError, 502), (pgai.TLSError, 502)],
)
def test_fastapi_app_keeps_to_itself_what_is_wrong(caplog, error, status):
    fastapi = pytest.importorskip("fastapi")
    answer = runpy.run_path(str(ROOT / "examples/fastapi_app.py"))["answer_error"]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b""}
    request = fastapi.Request(scope | {"headers": [(b"host", b"x")]})
    response = asyncio.run(answer(request, error("why")))
    assert (response.status_code, b"why" in response.body) == (status, False)
    assert caplog.messages == ["GET /: why"]


def test_prometheus_metrics(pgai_sandbox):
    prometheus = pytest.importorskip("prometheus_client")
    observe = runpy.run_path(str(ROOT / "examples/prometheus_metrics.py"))["observe"]
    pgai_sandbox.fault({"fault": "status", "code": 503, "match": {"times": 1}})
    with pgai_sandbox.client(on_event=observe) as contacts:
        assert len(list(contacts)) == 1000
    shown = prometheus.generate_latest().decode()
    labels = 'method="GET",route="/contacts",status='
    assert f'pgai_request_seconds_count{{{labels}"200"}} 20.0' in shown
    assert f'pgai_request_seconds_count{{{labels}"503"}} 1.0' in shown
    assert 'pgai_retries_total{cause="backoff"} 1.0' in shown
    assert 'pgai_wait_seconds_total{cause="backoff"}' in shown
