"""`pgai.bulk.import_contacts()`: each row at most once, and none forgotten."""

import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections import Counter

import pytest

import pgai
from pgai.bulk import check_row, import_contacts
from pgai.testing import Sandbox

ROWS = [
    {"first_name": f"Name {i}", "email": f"row{i}@example.com", "phone": f"0{i}"}
    for i in range(30)
]


@pytest.fixture
def service():
    with Sandbox(contacts=120) as sandbox:
        yield sandbox


@pytest.fixture
def contacts(service):
    with service.client(pace=False) as contacts:
        yield contacts


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "import.journal"


@pytest.fixture
def run(contacts, journal):
    def run(rows=ROWS, **options):
        options = {"settle": 0, "journal": journal, **options}
        return import_contacts(contacts, rows, **options)

    return run


def created(service):
    return [contact.get("email") for contact in service.log()["created"]]


def created_ids(service):
    return [contact["id"] for contact in service.log()["created"]]


def fault(service, name, method="POST", **more):
    match = {"method": method, **more.pop("match", {})}
    service.fault({"fault": name, "match": match, **more})


def test_each_row_becomes_a_contact(service, run, contacts):
    told = []

    report = run(on_progress=told.append)

    assert (report.rows, report.created) == (30, 30)
    assert report.refused == report.unknown == []
    assert created(service) == [row["email"] for row in ROWS]
    rows = [each for each in told if each.unit == "rows"]
    assert [each.done for each in rows] == list(range(1, 31))
    assert {each.total for each in rows} == {30}


def test_a_second_run_sends_nothing(service, run):
    run()
    before = service.log()["counts"]["requests"]

    report = run()

    assert (report.created, report.requests) == (30, 0)
    assert service.log()["counts"]["requests"] == before


def test_rows_may_come_from_an_iterator_and_have_missing_values(service, run):
    rows = [
        {"first_name": "Ada", "email": float("nan"), "phone": None, "extra": {"a": 1}}
    ]

    report = run(iter(rows))

    assert report.created == 1
    made = service.log()["created"][-1]
    assert made["first_name"] == "Ada" and made["a"] == 1 and "email" not in made


@pytest.mark.parametrize(
    "row, reason",
    [
        ({"email": "x@example.com"}, "first_name is missing"),
        ({"first_name": ""}, "first_name is missing"),
        ({"first_name": "A", "nickname": "B"}, "'nickname' is no field of a contact"),
        ({"first_name": "A", "phone": 49}, "phone"),
        ({"first_name": "A\0"}, "first_name"),
        ({"first_name": "A", "phone": "1", "extra": {"phone": "2"}}, "phone"),
    ],
)
def test_rows_that_are_wrong_are_refused_before_a_request(
    service, contacts, run, row, reason
):
    assert reason in check_row(contacts, row)

    report = run([ROWS[0], row, ROWS[1]], skip_known=False)

    (refused,) = report.refused
    assert (refused.number, refused.fields) == (2, row) and reason in refused.reason
    assert service.log()["counts"]["requests"] == 2 == report.created


def test_what_the_service_refuses_has_its_reason(service, run):
    fault(service, "status", code=422, match={"nth": 2})

    report = run(ROWS[:3])

    (refused,) = report.refused
    assert refused.number == 2 and "422" in refused.reason
    assert report.created == 2


def test_rows_with_the_same_address_are_sent_once(service, run, contacts, journal):
    known = contacts.create(first_name="Known", email="Known@Example.com")
    rows = [
        {"first_name": "A", "email": "a@example.com"},
        {"first_name": "B", "email": " A@EXAMPLE.COM"},
        {"first_name": "C", "email": "known@example.com"},
        {"first_name": "D"},
        {"first_name": "E"},
    ]

    report = run(rows)

    assert (report.created, report.duplicates) == (3, 2)
    assert len(created(service)) == 4
    database = sqlite3.connect(journal)
    found = database.execute("SELECT number, id FROM rows WHERE state = 'duplicate'")
    assert found.fetchall() == [(2, created_ids(service)[1]), (3, known.id)]
    database.close()


def test_addresses_of_the_service_can_be_ignored(service, run, contacts):
    contacts.create(first_name="Known", email="row0@example.com")

    assert run(ROWS[:1], skip_known=False).created == 1


@pytest.mark.parametrize("name", ["commit_then_drop", "commit_then_5xx"])
def test_a_contact_of_unknown_outcome_is_found_and_adopted(service, run, name):
    fault(service, name, match={"nth": 3})

    report = run()

    assert (report.created, report.adopted, report.unknown) == (29, 1, [])
    assert Counter(created(service)) == Counter(row["email"] for row in ROWS)


def test_a_contact_that_was_not_created_is_sent_again(service, run):
    fault(service, "status", code=500, match={"nth": 3})

    report = run()

    assert (report.created, report.adopted, report.unknown) == (30, 0, [])
    assert Counter(created(service)) == Counter(row["email"] for row in ROWS)


def test_nothing_is_sent_again_if_the_list_may_have_more(service, run):
    fault(service, "status", code=500, match={"nth": 3})
    fault(service, "total_missing", method="GET")

    for _ in range(2):
        report = run()
        (unknown,) = report.unknown
        assert unknown.number == 3 and "the list may have more" in unknown.reason

    assert len(created(service)) == 29


def test_nothing_is_sent_again_if_a_contact_resembles_it(service, run, contacts):
    fault(service, "status", code=500, match={"nth": 4})
    run(ROWS[:2])
    other = contacts.create(first_name="Other", email="ROW2@example.com")

    report = run(ROWS[:3], skip_known=True)

    (unknown,) = report.unknown
    assert unknown.number == 3 and unknown.id == other.id
    assert "resembles it" in unknown.reason


def test_a_contact_without_an_address_is_known_by_its_name(service, run):
    fault(service, "commit_then_drop", match={"nth": 2})
    rows = [{"first_name": "Ada", "phone": "1"}, {"first_name": "Ada", "phone": "2"}]

    report = run(rows)

    assert (report.created, report.adopted) == (1, 1)
    assert len(service.log()["created"]) == 2


def test_a_job_with_many_unknown_outcomes_stops(service, run):
    fault(service, "status", code=500)

    with pytest.raises(pgai.OutcomeUnknownError):
        run()

    assert sum(r["method"] == "POST" for r in service.log()["requests"]) == 3


@pytest.mark.parametrize("code", [401, 402, 403])
def test_a_key_that_may_not_create_is_found_at_the_first_row(service, run, code):
    fault(service, "status", code=code, match={"times": 1})

    with pytest.raises(pgai.APIError):
        run()
    assert service.log()["created"] == []
    report = run()

    assert (report.created, report.unknown) == (30, [])


def test_a_journal_is_for_one_import(service, run, contacts, journal, tmp_path):
    run(ROWS[:3], source="a")

    with pytest.raises(pgai.UsageError, match="the journal of another file"):
        run(ROWS[:3], source="b")
    with pytest.raises(pgai.UsageError, match="row 2 is not what it was"):
        run([ROWS[0], ROWS[2]], source="a")
    with Sandbox() as other, other.client() as others:
        with pytest.raises(pgai.UsageError, match="belongs to"):
            import_contacts(others, ROWS[:3], journal=journal, source="a")
    foreign = tmp_path / "foreign"
    sqlite3.connect(foreign).execute("CREATE TABLE t (a)")
    with pytest.raises(pgai.UsageError, match="of another program"):
        run(journal=foreign)
    foreign.write_bytes(b"no database at all, but long enough to be read as one" * 99)
    with pytest.raises(pgai.UsageError, match="is no SQLite database"):
        run(journal=foreign)


def test_a_key_for_another_account_is_found_before_a_row_is_sent(service, run, journal):
    fault(service, "commit_then_drop")
    with pytest.raises(pgai.OutcomeUnknownError):
        run()
    with Sandbox(contacts=0) as other, other.client(pace=False) as others:
        # The same service; that its URL is another one here is what tests can do.
        with sqlite3.connect(journal) as database:
            database.execute("UPDATE pgai_import SET service = ?", [others.base_url])
        database.close()
        before = journal.read_bytes()
        for options in ({}, {"skip_known": False}):
            with pytest.raises(pgai.UsageError, match="is the key for another account"):
                import_contacts(others, ROWS, journal=journal, settle=0, **options)
        assert created(other) == [] and journal.read_bytes() == before


def test_it_tells_what_it_waits_for(service, run):
    fault(service, "commit_then_drop", match={"nth": 2})
    told = []

    run(ROWS[:3], settle=0.01, on_progress=told.append)

    waits, *_, found = [each for each in told if each.unit == "unknown"]
    assert (waits.done, waits.total) == (0, 1) and 0 <= waits.time_left <= 0.01
    assert (found.done, found.total) == (1, 1)


def test_two_imports_do_not_use_one_journal(run):
    def other(progress):
        with pytest.raises(pgai.UsageError, match="another import works"):
            run()

    assert run(on_progress=other).created == 30


def test_ctrl_c_loses_nothing(service, run):
    def stop(progress):
        if progress.unit == "rows" and progress.done == 7:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(on_progress=stop)
    report = run()

    assert (report.created + report.adopted, report.unknown) == (30, [])
    assert Counter(created(service)) == Counter(row["email"] for row in ROWS)


KILLED = """
    import sys
    import pgai
    from pgai.bulk import import_contacts

    rows = [
        {"first_name": f"Name {i}", "email": f"row{i}@example.com"}
        for i in range(int(sys.argv[3]))
    ]
    with pgai.Contacts(
        "sandbox_key", base_url=sys.argv[1], pace=False, max_attempts=2, timeout=0.5
    ) as contacts:
        print("began", flush=True)
        try:
            report = import_contacts(contacts, rows, journal=sys.argv[2], settle=0)
        except pgai.Error:
            sys.exit(1)
        print(report.created + report.adopted, len(report.unknown), len(report.refused))
"""


def test_kill_9_and_faults_at_random_create_nothing_twice(tmp_path, request):
    long = request.config.getoption("--long")
    seeds, count, kills = (20, 1_000, 100) if long else (2, 120, 12)
    for seed in range(seeds):
        draw = random.Random(seed)
        with Sandbox(contacts=70, seed=seed) as service:
            for name, more in (
                ("commit_then_drop", {}),
                ("commit_then_5xx", {}),
                ("status", {"code": 503}),
                ("rate_limited", {"seconds": 0}),
                ("cut", {"k": 40}),
                ("stall", {"k": 9}),
            ):
                share = {"probability": 0.02 if name == "stall" else 0.04}
                fault(service, name, match=share, **more)
            command = [sys.executable, "-c", textwrap.dedent(KILLED), service.url]
            command += [str(tmp_path / f"{seed}.journal"), str(count)]
            runs = 0
            told = []
            while told != [count, 0, 0] and runs < kills + 50:
                child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
                assert child.stdout.readline() == "began\n"
                if runs < kills:
                    try:
                        child.wait(draw.uniform(0, 0.4))
                    except subprocess.TimeoutExpired:
                        child.kill()
                told = [int(word) for word in child.stdout.read().split()]
                child.wait()
                child.stdout.close()
                runs += 1
            assert told == [count, 0, 0]
            assert Counter(created(service)) == Counter(
                f"row{i}@example.com" for i in range(count)
            )


def test_a_lock_of_another_program_is_told_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "journal"
    with Sandbox(contacts=0) as sandbox, sandbox.client() as contacts:
        import_contacts(contacts, [], journal=path)
        other = sqlite3.connect(path)
        other.execute("BEGIN EXCLUSIVE")
        connect = sqlite3.connect
        monkeypatch.setattr(
            sqlite3, "connect", lambda *a, **k: connect(*a, timeout=0, **k)
        )
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            import_contacts(contacts, [], journal=path)
        other.close()
