"""What people read who made a common mistake: tests/messages.json, docs/messages.md."""

import contextlib
import json
import os
import re
import resource

import pytest
from conftest import ROOT
from peers import Peers

import pgai
from pgai.testing import Sandbox

TABLE = json.loads((ROOT / "tests/messages.json").read_text("utf-8"))
ROWS = {row["name"]: row for row in TABLE if "python" in row.get("in", ["python"])}
PAGE = (ROOT / "docs/messages.md").read_text("utf-8")
STATUS = (ROOT / "core/include/pgai/status.h").read_text()
# The exception of each word: X(NAME, value, word, "Exception", ...
RAISED = dict(re.findall(r'X\(\w+, \d+, (\w+),\s*"(\w+)"', STATUS))


@pytest.fixture(scope="module")
def peers():
    with contextlib.closing(Peers()) as peers:
        yield peers


@contextlib.contextmanager
def descriptors(left):
    """Let this process open no more than so many files."""
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + left, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)


def play(row, sandbox, peers):
    options = {"api_key": sandbox.api_key, "proxy": "", **row.get("options", {})}
    for name, value in options.items():
        if isinstance(value, str):
            options[name] = peers.filled(value)
    base_url = peers.filled(row.get("base_url", sandbox.url))
    limited = (
        descriptors(row["descriptors"])
        if "descriptors" in row
        else contextlib.nullcontext()
    )
    ((name, arguments),) = row["call"].items()
    with pgai.Contacts(base_url=base_url, **options) as contacts, limited:
        getattr(contacts, name)(**arguments)


def assert_reads(text, pattern):
    """Whether a text is a pattern in which "..." stands for anything."""
    parts = [re.escape(part) for part in pattern.split("...")]
    assert re.fullmatch(".*".join(parts), text, re.DOTALL), text


@pytest.mark.parametrize("name", ROWS)
def test_message(monkeypatch, peers, name):
    row = ROWS[name]
    monkeypatch.delenv("PGAI_API_KEY", raising=False)
    with Sandbox(contacts=20, faults=row.get("faults", ())) as sandbox:
        with pytest.raises((pgai.Error, TypeError)) as caught:
            play(row, sandbox, peers)
    error = caught.value
    assert type(error).__name__ == RAISED.get(row["kind"], row["kind"])
    shown = str(error) if "(HTTP status" in row["message"] else None
    assert_reads(shown or getattr(error, "message", str(error)), row["message"])


def test_the_page_has_each_message():
    """And each message of the page is one of the table."""
    shown = re.findall(r"^\| `(.*?)` \|", PAGE, re.MULTILINE)
    assert sorted(set(shown)) == sorted(shown)
    assert set(shown) == {row["message"] for row in TABLE}
