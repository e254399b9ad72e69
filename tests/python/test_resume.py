"""Jobs of `pgai.bulk` that are stopped anywhere end like those that are not."""

import contextlib
from collections import Counter

import pytest

from pgai.bulk import _part, export, import_contacts, read_journal
from pgai.testing import Sandbox

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")
st = hypothesis.strategies

settings = hypothesis.settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
EMAILS = ["", "a@example.com", "A@example.com ", "b@example.com", "known@example.com"]
ROWS = st.fixed_dictionaries(
    {"first_name": st.sampled_from(["", "Ada", "Å\0", "名"])},
    optional={"email": st.sampled_from(EMAILS), "extra": st.just({"a": [1]})},
)


class Stop(Exception):
    pass


def stopping(after):
    """Return what is told the progress, and stops the job at the n-th time."""

    def on_progress(progress):
        nonlocal after
        after -= 1
        if after == 0:
            raise Stop

    return on_progress


def run(job, stops):
    """Run a job, which is stopped so often; return its report."""
    for after in stops:
        with contextlib.suppress(Stop):
            job(stopping(after))
    return job(None)


@settings
@hypothesis.given(
    rows=st.lists(ROWS, max_size=8),
    stops=st.lists(st.integers(1, 9), max_size=4),
    lost=st.sets(st.integers(1, 8), max_size=2),
)
def test_an_import(rows, stops, lost, tmp_path_factory):
    path = tmp_path_factory.mktemp("import") / "journal"
    with Sandbox(contacts=3) as sandbox, sandbox.client(pace=False) as contacts:
        contacts.create(first_name="Known", email="known@example.com")
        for nth in lost:
            match = {"method": "POST", "nth": nth}
            sandbox.fault({"fault": "commit_then_drop", "match": match})

        def job(on_progress):
            return import_contacts(
                contacts, rows, journal=path, settle=0, on_progress=on_progress
            )

        report = run(job, stops)
        again = job(None)
        made = sandbox.log()["created"][1:]

    entries = read_journal(path)
    assert [entry.number for entry in entries] == list(range(1, len(rows) + 1))
    assert [entry.fields for entry in entries] == rows
    states = Counter(entry.state for entry in entries)
    assert report.created + report.adopted + states["unknown"] == len(made)
    assert states["refused"] == sum(row["first_name"] in ("", "Å\0") for row in rows)
    addresses = [contact.get("email", "").strip().casefold() for contact in made]
    assert max(Counter(filter(None, addresses)).values(), default=0) <= 1
    assert again.requests == 0 or again.unknown


@settings
@hypothesis.given(
    format=st.sampled_from(["csv", "ndjson"]),
    strict=st.booleans(),
    stops=st.lists(st.integers(1, 6), max_size=5),
)
def test_an_export(format, strict, stops, pgai_sandbox, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(_part, "SAVE_EVERY", 0)
    folder = tmp_path_factory.mktemp("export")
    with pgai_sandbox.client(pace=False) as contacts:
        export(contacts, folder / f"whole.{format}", strict=strict)

        def job(on_progress):
            if not path.exists():
                return export(
                    contacts, path, strict=strict, resume=True, on_progress=on_progress
                )

        path = folder / f"stopped.{format}"
        run(job, stops)

    assert path.read_bytes() == (folder / f"whole.{format}").read_bytes()
    assert len(list(folder.iterdir())) == 2
