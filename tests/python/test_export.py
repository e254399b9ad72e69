"""`pgai.bulk.export()`: what is in the files, and that a killed export loses nothing."""

import csv
import io
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time

import pytest

import pgai
from pgai.bulk import _part, export
from pgai.testing import Sandbox

FORMATS = ("csv", "ndjson", "parquet", "sqlite")
CONTACTS = 420


class Stopped(Exception):
    pass


@pytest.fixture
def service():
    with Sandbox(contacts=CONTACTS) as sandbox, sandbox.client(pace=False) as contacts:
        yield contacts


@pytest.fixture
def saves_each_page(monkeypatch):
    monkeypatch.setattr(_part, "SAVE_EVERY", 0)


def stop_after(pages):
    """Return a function that stops the export after so many pages."""

    def on_progress(progress):
        nonlocal pages
        pages -= 1
        if pages == 0:
            raise Stopped

    return on_progress


def rows_of(path, format):
    """Read an export with other libraries: a dict a contact, of texts and None."""
    if format == "csv":
        with open(path, newline="", encoding="utf-8") as file:
            return [
                {name: value or None for name, value in row.items()}
                for row in csv.DictReader(file)
            ]
    if format == "ndjson":
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    if format == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not there")
        return parquet.read_table(path).to_pylist()
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    rows = [dict(row) for row in database.execute("SELECT * FROM contacts")]
    database.close()
    return rows


@pytest.fixture(params=FORMATS)
def format(request):
    if request.param == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not there")
    return request.param


@pytest.mark.parametrize("details", [False, True])
def test_a_file_has_all_contacts_in_order(service, tmp_path, format, details):
    path = tmp_path / f"contacts.{format}"

    report = export(service, path, details=details)

    expected = [each.to_dict() for each in service.each(details=details)]
    rows = rows_of(path, format)
    assert len(rows) == len(expected) == report.contacts == CONTACTS
    for row, contact in zip(rows, expected, strict=True):
        assert present(row) == present(contact)
    assert (report.target, report.format) == (str(path), format)
    assert report.requests == service_requests(details)
    assert os.listdir(tmp_path) == [path.name]


def present(row):
    return {name: value for name, value in row.items() if value is not None}


def service_requests(details):
    return -(-CONTACTS // 50) + (CONTACTS if details else 0)


def test_chosen_fields_come_in_the_chosen_order(pgai_sandbox, tmp_path, format):
    fields = ["email", "extra", "tier", "id", "nothing"]
    path = tmp_path / "chosen"
    with pgai_sandbox.client(pace=False) as contacts:
        contacts.create(
            first_name="Zoë",
            email="z@example.com",
            extra={"tier": {"name": "gold"}, "size": 7, "note": "a"},
        )
        made = pgai_sandbox.log()["created"][-1]
        export(contacts, path, fields=fields, format=format, details=True)

    row = rows_of(path, format)[-1]

    assert list(row) == fields
    if format == "ndjson":
        assert row["tier"] == {"name": "gold"} and row["extra"] == {
            "size": 7,
            "note": "a",
        }
    else:
        assert json.loads(row["tier"]) == {"name": "gold"}
        assert json.loads(row["extra"]) == {"size": 7, "note": "a"}
    assert (row["email"], row["id"], row["nothing"]) == (
        "z@example.com",
        made["id"],
        None,
    )


def test_formulas_are_escaped_if_asked(pgai_sandbox, tmp_path):
    with pgai_sandbox.client() as contacts:
        contacts.create(first_name="=1+1")
        export(contacts, tmp_path / "a.csv", fields=["first_name"], escape_formulas=True)

    assert (tmp_path / "a.csv").read_text().splitlines()[-1] == "'=1+1"


@pytest.mark.parametrize("format", ["csv", "ndjson"])
def test_a_stream_gets_the_same_bytes(service, tmp_path, format):
    stream = io.BytesIO()

    report = export(service, stream, format=format)

    export(service, tmp_path / "whole", format=format)
    assert stream.getvalue() == (tmp_path / "whole").read_bytes()
    assert report.target is None and report.contacts == CONTACTS


def test_progress_is_told_after_each_page(service, tmp_path):
    told = []

    export(service, tmp_path / "a.csv", on_progress=told.append)

    assert [each.done for each in told] == [*range(50, CONTACTS, 50), CONTACTS]
    assert {each.total for each in told} == {CONTACTS}
    assert told[-1].requests == 9 and told[-1].elapsed >= told[0].elapsed >= 0
    assert told[-1].time_left == 0


@pytest.mark.usefixtures("saves_each_page")
@pytest.mark.parametrize("strict", [False, True])
def test_it_goes_on_after_each_page(service, tmp_path, format, strict):
    whole, path = tmp_path / f"whole.{format}", tmp_path / f"stopped.{format}"
    asked = export(service, whole, strict=strict).requests

    for pages in range(1, asked + 2):
        with pytest.raises(Stopped):
            export(service, path, strict=strict, on_progress=stop_after(pages))
        assert not path.exists()
        report = export(service, path, strict=strict, resume=True)
        assert report.resumed and report.contacts == CONTACTS
        assert report.complete is (True if strict else None)
        assert rows_of(path, format) == rows_of(whole, format)
        if format in ("csv", "ndjson"):
            assert path.read_bytes() == whole.read_bytes()
        path.unlink()
        if pages * 50 >= CONTACTS:
            break
    assert sorted(os.listdir(tmp_path)) == [whole.name]


@pytest.mark.usefixtures("saves_each_page")
def test_what_was_written_behind_the_state_is_cut_off(service, tmp_path):
    whole, path = tmp_path / "whole.csv", tmp_path / "a.csv"
    export(service, whole)
    with pytest.raises(Stopped):
        export(service, path, on_progress=stop_after(3))
    part = tmp_path / "a.csv.part"
    part.write_bytes(part.read_bytes() + b"half a li")

    export(service, path, resume=True)

    assert path.read_bytes() == whole.read_bytes()


def test_a_strict_export_that_proves_nothing_goes_on_and_says_so(pgai_sandbox, tmp_path):
    pgai_sandbox.fault({"fault": "total_missing"})
    with pgai_sandbox.client(pace=False) as contacts:
        report = export(contacts, tmp_path / "a.csv", strict=True)
        expected = len(list(contacts))

    assert report.complete is False and "total" in report.incomplete_reason
    assert report.contacts == len(rows_of(tmp_path / "a.csv", "csv")) == expected


@pytest.mark.usefixtures("saves_each_page")
def test_that_it_proves_nothing_is_known_after_a_stop(pgai_sandbox, tmp_path):
    pgai_sandbox.fault({"fault": "total_missing"})
    with pgai_sandbox.client(pace=False) as contacts:
        with pytest.raises(Stopped):
            export(contacts, tmp_path / "a.csv", strict=True, on_progress=stop_after(1))
        report = export(contacts, tmp_path / "a.csv", strict=True, resume=True)

    assert report.complete is False and "total" in report.incomplete_reason


def test_a_failure_leaves_what_can_be_resumed(pgai_sandbox, tmp_path):
    path = tmp_path / "a.ndjson"
    pgai_sandbox.fault({"fault": "status", "code": 403, "match": {"nth": 3, "times": 1}})
    with pgai_sandbox.client(pace=False) as contacts:
        with pytest.raises(pgai.PermissionDeniedError):
            export(contacts, path, prefetch=1)
        assert not path.exists()
        report = export(contacts, path, resume=True)
        assert len(rows_of(path, "ndjson")) == report.contacts == len(list(contacts))
    assert report.resumed


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"target": "a.txt"}, "format must be given: the name ends with none of .csv"),
        ({"target": "a", "format": "xlsx"}, "csv, ndjson, parquet or sqlite, not 'xlsx'"),
        ({"target": "a.csv", "fields": ["id", "id"]}, "comes twice"),
        ({"target": "a.csv", "fields": [""]}, "column 1"),
        ({"target": "a.sqlite", "fields": ["id", "ID"]}, "upper and lower case"),
        ({"target": "a.ndjson", "escape_formulas": True}, "for CSV only"),
        ({"target": io.BytesIO()}, "format must be given for a stream"),
        ({"target": io.BytesIO(), "format": "sqlite"}, "a stream takes neither sqlite"),
        ({"target": io.BytesIO(), "format": "csv", "resume": True}, "cannot be resumed"),
        ({"target": ".", "format": "csv"}, "is no file"),
        ({"target": "a.csv", "prefetch": 33}, "prefetch"),
    ],
)
def test_bad_arguments_are_refused_before_a_request(
    pgai_sandbox, tmp_path, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    with pgai_sandbox.client() as contacts:
        with pytest.raises(pgai.UsageError, match=message):
            export(contacts, **arguments)
    assert pgai_sandbox.log()["counts"]["requests"] == 0
    assert not os.path.exists("a.csv")


def test_a_target_that_exists_is_kept_unless_forced(service, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("mine")

    with pytest.raises(FileExistsError, match="choose another name, or replace it"):
        export(service, path)

    assert path.read_text() == "mine" and os.listdir(tmp_path) == ["a.csv"]
    assert export(service, path, force=True).contacts == CONTACTS
    assert len(rows_of(path, "csv")) == CONTACTS


def test_a_folder_that_is_not_there(service, tmp_path):
    with pytest.raises(FileNotFoundError, match="make it, or choose another"):
        export(service, tmp_path / "none" / "a.csv")


@pytest.mark.usefixtures("saves_each_page")
def test_an_unfinished_export_is_neither_mixed_nor_lost(service, tmp_path):
    path = tmp_path / "a.csv"
    with pytest.raises(Stopped):
        export(service, path, on_progress=stop_after(3))
    before = (tmp_path / "a.csv.part").read_bytes()

    with pytest.raises(pgai.UsageError, match="resume goes on with it, force begins"):
        export(service, path)
    with pytest.raises(pgai.UsageError, match=r"begun with fields None, not \['id'\]"):
        export(service, path, fields=["id"], resume=True)

    assert (tmp_path / "a.csv.part").read_bytes() == before
    assert not export(service, path, force=True).resumed
    assert len(rows_of(path, "csv")) == CONTACTS


@pytest.mark.usefixtures("saves_each_page")
@pytest.mark.parametrize(
    "damage",
    [
        lambda part, state: state.write_bytes(state.read_bytes()[:-9]),
        lambda part, state: state.write_text("[]"),
        lambda part, state: state.write_text(
            state.read_text().replace('"contacts": ', '"contacts": -')
        ),
        lambda part, state: state.write_text(
            state.read_text().replace('"cursor": "', '"cursor": "x')
        ),
        lambda part, state: part.write_bytes(part.read_bytes()[:-1]),
        lambda part, state: part.write_bytes(b"#" * part.stat().st_size),
    ],
)
def test_a_damaged_state_or_part_is_refused(service, tmp_path, damage):
    path = tmp_path / "a.csv"
    with pytest.raises(Stopped):
        export(service, path, on_progress=stop_after(3))
    damage(tmp_path / "a.csv.part", tmp_path / "a.csv.part.json")

    with pytest.raises(pgai.UsageError):
        export(service, path, resume=True)

    assert not path.exists()


def test_two_jobs_do_not_write_one_file(service, tmp_path):
    path = tmp_path / "a.csv"

    def other(progress):
        with pytest.raises(pgai.UsageError, match="another job writes"):
            export(service, path, force=True)

    assert export(service, path, on_progress=other).contacts == CONTACTS
    assert len(rows_of(path, "csv")) == CONTACTS


def test_a_full_disk_is_an_error_and_the_export_goes_on_later(service, tmp_path, format):
    """The largest size of a file stands for the disk: the same calls fail."""
    path = tmp_path / f"a.{format}"
    whole = tmp_path / f"whole.{format}"
    export(service, whole)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, unlimited[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            export(service, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        signal.signal(signal.SIGXFSZ, before)
    assert not path.exists()

    export(service, path, resume=True)

    assert rows_of(path, format) == rows_of(whole, format)


KILLED = """
    import sys
    import pgai
    from pgai.bulk import _part, export

    _part.SAVE_EVERY = 0.02
    with pgai.Contacts("sandbox_key", base_url=sys.argv[1], pace=False) as contacts:
        print("began", flush=True)
        export(contacts, sys.argv[2], resume=True)
"""


@pytest.mark.parametrize("format", ["csv", "ndjson", "sqlite"])
def test_kill_9_at_any_moment_changes_nothing(tmp_path, format, request):
    long = request.config.getoption("--long")
    count, kills = (100_000, 50) if long else (10_000, 8)
    whole, path = tmp_path / f"whole.{format}", tmp_path / f"killed.{format}"
    draw = random.Random(format)
    with Sandbox(contacts=count) as sandbox, sandbox.client(pace=False) as contacts:
        begun = time.monotonic()
        export(contacts, whole)
        takes = time.monotonic() - begun
        command = [sys.executable, "-c", textwrap.dedent(KILLED), sandbox.url, str(path)]
        done = 0
        while done < kills or not path.exists():
            path.unlink(missing_ok=True)
            child = subprocess.Popen(command, stdout=subprocess.PIPE)
            assert child.stdout.readline() == b"began\n"
            if done < kills:
                try:
                    child.wait(draw.uniform(0, takes))
                except subprocess.TimeoutExpired:
                    child.kill()
                done += 1
            child.wait()
            child.stdout.close()
            if path.exists():
                assert rows_of(path, format) == rows_of(whole, format)
                assert format == "sqlite" or path.read_bytes() == whole.read_bytes()
    assert len(rows_of(path, format)) == count
    assert {whole.name, path.name} <= set(os.listdir(tmp_path))


def test_memory_does_not_grow_with_the_list(run_python, format):
    """20 MiB are what the collector and the allocator may differ by."""
    script = """
        import re, sys, tempfile
        import pgai
        from pgai.bulk import export

        with pgai.Contacts("sandbox_key", base_url=sys.argv[1], pace=False) as contacts:
            export(contacts, f"{tempfile.mkdtemp()}/a", format=sys.argv[2])
        print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
    """
    kib = []
    for count in (1_000, 40_000):
        with Sandbox(contacts=count) as sandbox:
            kib.append(int(run_python(script, sandbox.url, format)))
    assert kib[1] - kib[0] < 20 * 1024
