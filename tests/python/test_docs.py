"""What README.md and docs/testing.md show, run as it stands there."""

import asyncio
import doctest
import importlib.util
import os
import re
import shutil
import subprocess
import sys

import pytest
from asgi import answer
from conftest import ROOT

import pgai
from pgai.testing import Sandbox


def blocks(path, language="python"):
    text = (ROOT / path).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def can_run(block):
    """Whether all that it imports is there: data frames are for one Python only."""
    return all(map(importlib.util.find_spec, re.findall(r"^import (\w+)", block, re.M)))


@pytest.fixture
def environment(pgai_sandbox, monkeypatch):
    monkeypatch.setenv("PGAI_BASE_URL", pgai_sandbox.url)
    monkeypatch.setenv("PGAI_API_KEY", pgai_sandbox.api_key)


@pytest.mark.usefixtures("environment")
def test_readme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # It writes a file.
    names = {}
    assert blocks("README.md")
    for block in filter(can_run, blocks("README.md")):
        exec(compile(block, "README.md", "exec"), names)
    assert names["walk"].stats.contacts == 1002
    assert len((tmp_path / "contacts.csv").read_bytes().splitlines()) == 1003
    if "frame" in names:
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(tmp_path / "contacts.parquet")
        assert len(table) == len(names["frame"]) == 1002
    if "app" in names:
        page = asyncio.run(answer(names["app"], "/contacts"))
        assert asyncio.run(answer(names["app"], f"/contacts/{page[0]['id']}"))["phone"]


@pytest.mark.usefixtures("environment")
def test_shell(tmp_path, monkeypatch):
    pytest.importorskip("click", reason="the command needs click")
    pytest.importorskip("rich", reason="the command needs rich")
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable), prepend=os.pathsep)
    (block,) = [text for text in blocks("README.md", "sh") if "pgai check" in text]
    done = subprocess.run(
        ["bash", "-euc", block], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "1,000 contacts in contacts.csv" in done.stderr
    assert "1 rows: 1 created" in done.stderr
    assert {"contacts.csv", "contacts.sqlite"} < set(os.listdir(tmp_path))


@pytest.mark.usefixtures("environment")
def test_the_transcript(tmp_path, monkeypatch):
    pytest.importorskip("click", reason="the command needs click")
    pytest.importorskip("rich", reason="the command needs rich")
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable), prepend=os.pathsep)
    shutil.copy(ROOT / "examples/people.csv", tmp_path)
    (block,) = blocks("README.md", "console")
    said = ""
    for command in re.findall(r"^\$ (.*)", block, re.M):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        said += f"$ {command}\n" + done.stdout.replace("\ufeff", "")
    assert said == block


@pytest.mark.usefixtures("environment")
def test_moving_contacts(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks("docs/moving-contacts.md"):
        exec(compile(block, "docs/moving-contacts.md", "exec"), names)
    assert "row 3 first_name is missing" in capsys.readouterr().out
    assert len((tmp_path / "contacts.csv").read_bytes().splitlines()) == 1001
    assert "first_name is missing" in (tmp_path / "more.refused.csv").read_text()
    assert names["report"].contacts == 1003


def test_testing(pytester):
    pytester.makepyfile("\n".join(blocks("docs/testing.md")))
    pytester.runpytest_subprocess().assert_outcomes(passed=5)


SHOWN = [pgai.Contact, pgai.Contacts, pgai.AsyncContacts, Sandbox]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("shown", SHOWN)
def test_docstrings(shown):
    runner = doctest.DocTestRunner()
    names = {
        "AsyncContacts": pgai.AsyncContacts,
        "Contact": pgai.Contact,
        "Contacts": pgai.Contacts,
        "Sandbox": Sandbox,
    }
    for example in doctest.DocTestFinder().find(shown, module=False, globs=names):
        runner.run(example)
    assert runner.tries and not runner.failures
