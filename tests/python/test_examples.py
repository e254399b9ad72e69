"""The examples, run as their reader would."""

import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from conftest import ROOT


@pytest.fixture
def example(pgai_sandbox):
    def start(name, *arguments):
        environment = os.environ | {
            "PGAI_BASE_URL": pgai_sandbox.url,
            "PGAI_API_KEY": pgai_sandbox.api_key,
        }
        return subprocess.Popen(
            [sys.executable, "-W", "error", ROOT / "examples" / name, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def finish(process, status=0):
    said, complained = process.communicate(timeout=60)
    assert process.returncode == status, complained
    return said


def test_contacts_tour(example):
    said = finish(example("contacts_tour.py"))
    assert said.splitlines()[-1] == "python: 1001 contacts in 21 requests"


def test_list_contacts(example):
    said = finish(example("list_contacts.py", "2", "10"))
    assert said.splitlines()[-1] == "page 2, 10 of 1000 contacts"


def test_list_contacts_with_a_key_that_is_none(example, pgai_sandbox):
    pgai_sandbox.fault({"fault": "status", "code": 401})
    finish(example("list_contacts.py"), status=1)


def test_sync_goes_on_where_it_was_stopped(example, pgai_sandbox, tmp_path):
    path = str(tmp_path / "contacts.db")
    match = {"path": "/v1/contacts", "nth": 11}
    pgai_sandbox.fault({"fault": "status", "code": 403, "match": match})
    finish(example("sync_to_sqlite.py", path), status=1)
    assert finish(example("sync_to_sqlite.py", path)) == "1000 contacts\n"
    assert pgai_sandbox.log()["counts"]["requests"] == 21
    with pgai_sandbox.client() as contacts:
        contacts.create(first_name="Sarah")
    assert finish(example("sync_to_sqlite.py", path)) == "1001 contacts\n"
    database = sqlite3.connect(path)
    found = database.execute("SELECT count(*) FROM contacts WHERE first_name = 'Sarah'")
    assert found.fetchone()[0] >= 1
    database.close()


def test_to_dataframe(example):
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    assert finish(example("to_dataframe.py")).splitlines()[-1] == "1000 rows"


def test_lookup_service(example, pgai_sandbox):
    with pgai_sandbox.client() as contacts:
        contact = contacts.list()[0]
    service = example("lookup_service.py")
    url = service.stdout.readline().strip()
    with urllib.request.urlopen(url + contact.id, timeout=10) as answer:
        assert contact.id in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url + "nobody", timeout=10)
    assert caught.value.code == 404
    caught.value.close()
    service.send_signal(signal.SIGINT)
    assert finish(service) == "bye\n"
