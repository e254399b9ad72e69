"""`pgai.bulk.sync()`: a table of all contacts, in which no living one is ever gone."""

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import textwrap
import urllib.request

import pytest
from conftest import every_fault

import pgai
from pgai.bulk import _table, sync
from pgai.testing import Sandbox

CONTACTS = 420
NOBODY = "00000000-0000-4000-8000-000000000000"  # of the fault wrong_id
UNFETCHED = "SELECT id FROM pgai_contacts WHERE NOT details AND gone_since IS NULL"


@pytest.fixture
def service():
    with Sandbox(contacts=CONTACTS) as sandbox:
        yield sandbox


@pytest.fixture
def contacts(service):
    with service.client(pace=False) as contacts:
        yield contacts


@pytest.fixture
def path(tmp_path):
    return tmp_path / "contacts.sqlite"


def query(path, sql, *values):
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    with database:
        rows = [dict(row) for row in database.execute(sql, values)]
    database.close()
    return rows


def control(service, method, path, body=None):
    url = service.url.removesuffix("/v1") + "/__sandbox/" + path
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, method=method)):
        pass


def delete(service, *ids):
    for id in ids:
        control(service, "POST", "delete", {"id": id})


def gone(path):
    return {row["id"] for row in query(path, "SELECT * FROM contacts WHERE gone_since")}


def stop_after(count):
    def on_progress(progress):
        nonlocal count
        count -= 1
        if count == 0:
            raise KeyboardInterrupt

    return on_progress


@pytest.fixture
def commits_each_page(monkeypatch):
    monkeypatch.setattr(_table, "COMMIT_EVERY", 0)


@pytest.mark.parametrize("details", [False, True])
def test_the_table_has_all_contacts_and_their_text(contacts, path, details):
    report = sync(contacts, path, details=details)

    rows = query(path, "SELECT * FROM contacts ORDER BY rowid")
    expected = list(contacts.each(details=details))
    assert len(rows) == len(expected) == report.contacts == report.added == CONTACTS
    for row, contact in zip(rows, expected, strict=True):
        assert row["json"] == contact.raw
        assert all(row[name] == contact[name] for name in contact)
        assert row["first_seen"] == row["last_seen"] and row["gone_since"] is None
    assert report.requests == 9 + (CONTACTS if details else 0)


def test_a_run_that_finds_no_change_writes_nothing_and_asks_once_a_page(path):
    with Sandbox(contacts=10_000) as service, service.client(pace=False) as contacts:
        sync(contacts, path, details=True)
        before = query(path, "SELECT * FROM pgai_contacts")
        report = sync(contacts, path, details=True)

    assert query(path, "SELECT * FROM pgai_contacts") == before
    assert (report.added, report.changed, report.missing) == (0, 0, 0)
    assert report.requests == 200


def test_last_seen_is_that_of_the_last_run_that_saw_it(
    service, contacts, path, monkeypatch
):
    victim = next(iter(contacts)).id
    for day in (1, 2, 3, 4):
        monkeypatch.setattr(_table, "_now", lambda day=day: f"2026-01-0{day}T00:00:00Z")
        if day == 3:
            delete(service, victim)
        sync(contacts, path)

    (row,) = query(path, "SELECT * FROM contacts WHERE id = ?", victim)
    assert (row["first_seen"][:10], row["last_seen"][:10]) == ("2026-01-01", "2026-01-02")
    assert row["gone_since"][:10] == "2026-01-04"
    others = query(path, "SELECT DISTINCT last_seen FROM contacts WHERE id <> ?", victim)
    assert others == [{"last_seen": "2026-01-04T00:00:00Z"}]


def test_details_are_fetched_of_what_is_new_or_changed(contacts, path):
    sync(contacts, path, details=True)
    known = contacts.list(limit=1)[0].id
    query(path, "UPDATE pgai_contacts SET digest = x'00' WHERE id = ?", known)
    contacts.create(first_name="Nobody else", phone="1")

    report = sync(contacts, path, details=True)

    assert (report.added, report.changed) == (1, 1)
    assert report.requests == 9 + 2
    (row,) = query(path, "SELECT phone FROM contacts WHERE first_name = 'Nobody else'")
    assert row["phone"] == "1"


def test_a_contact_is_gone_when_two_runs_missed_it(service, contacts, path):
    sync(contacts, path)
    victims = {contact.id for contact in contacts.list(page=3, limit=5)}
    delete(service, *victims)

    first = sync(contacts, path)
    assert (first.missing, first.gone, gone(path)) == (5, 0, set())
    second = sync(contacts, path)

    assert (second.missing, second.gone, gone(path)) == (0, 5, victims)
    assert second.contacts == CONTACTS - 5 and second.requests == 9 + 5
    assert len(query(path, "SELECT * FROM contacts")) == CONTACTS


def test_a_contact_that_two_walks_missed_is_not_gone_while_the_service_has_it(
    service, contacts, path
):
    sync(contacts, path)
    service.fault({"fault": "short_page", "page": 2, "drop": 7})

    for _ in range(4):
        report = sync(contacts, path)
        assert report.complete is False and report.incomplete_reason
        assert report.gone == 0

    assert gone(path) == set() and report.contacts == CONTACTS


def test_a_contact_that_is_there_again_is_not_gone_any_more(contacts, path):
    sync(contacts, path)
    some = contacts.list(limit=3)[1].id
    query(path, "UPDATE pgai_contacts SET gone_since = 'x' WHERE id = ?", some)

    assert sync(contacts, path).returned == 1

    (row,) = query(path, "SELECT * FROM contacts WHERE id = ?", some)
    assert row["gone_since"] is None and row["last_seen"] is not None


def test_no_more_are_gone_at_once_than_allowed(service, contacts, path):
    sync(contacts, path)
    victims = {contact.id for contact in contacts.list(limit=43)}
    delete(service, *victims)
    sync(contacts, path)

    held = sync(contacts, path)
    assert (held.held_back, held.gone, gone(path)) == (43, 0, set())
    assert held.requests == 8
    assert sync(contacts, path, max_gone=11).gone == 43

    assert gone(path) == victims


def test_one_of_few_contacts_may_be_gone(path):
    with Sandbox(contacts=2) as service, service.client() as contacts:
        sync(contacts, path)
        delete(service, contacts.list()[0].id)
        sync(contacts, path)
        assert sync(contacts, path).gone == 1


def test_no_living_contact_is_gone_whatever_changes_during_the_runs(tmp_path, request):
    """Others add and delete contacts between all requests."""
    for seed in range(200 if request.config.getoption("--long") else 12):
        path = tmp_path / f"{seed}.sqlite"
        draw = random.Random(seed)
        with Sandbox(contacts=160, seed=seed) as service:
            with service.client(pace=False) as contacts:
                strict = draw.random() < 0.5
                sync(contacts, path, strict=strict, max_gone=100)
                for kind in ("added", "deleted"):
                    place = draw.choice(["head", "tail", "random"])
                    share = draw.random()
                    service.fault(
                        {
                            "fault": f"contacts_{kind}",
                            "at": place,
                            "match": {"probability": share},
                        }
                    )
                for _ in range(4):
                    sync(contacts, path, strict=strict, max_gone=100)
                    marked = gone(path)
                control(service, "DELETE", "faults")
                living = {contact.id for contact in contacts}
                assert not marked & living
                for _ in range(2):
                    sync(contacts, path, strict=strict, max_gone=100)
        every = {row["id"] for row in query(path, "SELECT id FROM contacts")}
        assert every - gone(path) == living


@pytest.mark.usefixtures("commits_each_page")
@pytest.mark.parametrize("details", [False, True])
def test_a_run_that_was_stopped_goes_on(service, contacts, path, details):
    sync(contacts, path, details=details)
    victims = {contact.id for contact in contacts.list(limit=5)}
    delete(service, *victims)
    sync(contacts, path, details=details)
    query(path, "UPDATE pgai_contacts SET details = 0 WHERE row % 2")

    report, stops = None, 0
    while report is None and stops < 300:
        try:
            report = sync(contacts, path, details=details, on_progress=stop_after(2))
        except KeyboardInterrupt:
            stops += 1

    assert report.resumed and stops > 4
    assert gone(path) == victims
    assert query(path, "SELECT * FROM pgai_sync WHERE place IS NOT NULL") == []
    if details:
        assert query(path, UNFETCHED) == []


KILLED = """
    import sys
    import pgai
    from pgai.bulk import _table, sync

    _table.COMMIT_EVERY = 0.01
    with pgai.Contacts("sandbox_key", base_url=sys.argv[1], pace=False) as contacts:
        print("began", flush=True)
        sync(contacts, sys.argv[2])
"""


def test_kill_9_at_any_moment_loses_nothing(path, request):
    draw = random.Random(1)
    with Sandbox(contacts=5_000) as service, service.client(pace=False) as contacts:
        command = [sys.executable, "-c", textwrap.dedent(KILLED), service.url, str(path)]
        for _ in range(50 if request.config.getoption("--long") else 8):
            child = subprocess.Popen(command, stdout=subprocess.PIPE)
            assert child.stdout.readline() == b"began\n"
            try:
                child.wait(draw.uniform(0, 0.3))
            except subprocess.TimeoutExpired:
                child.kill()
            child.wait()
            child.stdout.close()
        report = sync(contacts, path)
        expected = {contact.id: contact.raw for contact in contacts}

    rows = query(path, "SELECT id, json, gone_since FROM contacts")
    assert {row["id"]: row["json"] for row in rows} == expected
    assert report.contacts == 5_000 and report.missing == 0
    assert query(path, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]


@pytest.mark.parametrize(
    "content, message",
    [
        (b"some text, long enough to be no header of SQLite" * 99, "no SQLite database"),
        (None, "of another program"),
    ],
)
def test_a_file_of_another_program_is_left_alone(contacts, path, content, message):
    if content is None:
        query(path, "CREATE TABLE contacts (id)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()

    with pytest.raises(pgai.UsageError, match=message):
        sync(contacts, path)

    assert path.read_bytes() == before


@every_fault
def test_no_fault_makes_a_living_contact_gone(service, path, rule):
    """max_attempts: what the service does wrong here, it does again."""
    marked = set()
    with service.client(pace=False, max_attempts=1) as contacts:
        sync(contacts, path)
        deleted = min(row["id"] for row in query(path, "SELECT id FROM contacts"))
        delete(service, deleted)
        service.fault(rule)
        for _ in range(3):
            with contextlib.suppress(pgai.Error):
                sync(contacts, path, max_gone=100)
            marked |= gone(path)
        control(service, "DELETE", "faults")
        for _ in range(3):
            sync(contacts, path, max_gone=100)
        living = {contact.id for contact in contacts}
    assert deleted in gone(path)
    assert marked & living == set()
    found = query(path, "SELECT id FROM contacts WHERE gone_since IS NULL")
    assert {row["id"] for row in found} - {NOBODY} == living


def test_a_table_of_another_service_is_left_alone(contacts, path):
    sync(contacts, path)
    with Sandbox(contacts=1) as other, other.client() as others:
        with pytest.raises(pgai.UsageError, match="belongs to"):
            sync(others, path)
    assert len(query(path, "SELECT * FROM contacts")) == CONTACTS


def test_two_runs_do_not_work_with_one_file(contacts, path):
    def other(progress):
        with pytest.raises(pgai.UsageError, match="another sync works"):
            sync(contacts, path)

    assert sync(contacts, path, on_progress=other).contacts == CONTACTS


@pytest.mark.usefixtures("commits_each_page")
@pytest.mark.parametrize(
    "place", ["[]", "x", '{"cursor": 1}', '{"cursor": "x"}', '{"other": null}']
)
def test_a_damaged_place_is_refused(contacts, path, place):
    with pytest.raises(KeyboardInterrupt):
        sync(contacts, path, on_progress=stop_after(3))
    query(path, "UPDATE pgai_sync SET place = ?", place)

    with pytest.raises(pgai.UsageError):
        sync(contacts, path)


@pytest.mark.parametrize("max_gone", [-1, 101, float("nan")])
def test_max_gone_is_a_percentage(contacts, path, max_gone):
    with pytest.raises(pgai.UsageError, match="0 to 100"):
        sync(contacts, path, max_gone=max_gone)
    assert not path.exists()


def test_a_lock_of_another_program_is_told_as_it_is(contacts, path, monkeypatch):
    sync(contacts, path)
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, timeout=0, **k))
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sync(contacts, path)
    other.close()
