"""What README.md and the pages of docs show, run as it stands there."""

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


def check_walks(folder, names):
    assert names["walk"].stats.contacts == names["walk"].stats.total


def check_data_frames(folder, names):
    assert len((folder / "contacts.csv").read_bytes().splitlines()) == 1002
    if "frame" in names:
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(folder / "contacts.parquet")
        assert len(table) == len(names["frame"]) == 1001


def check_fastapi(folder, names):
    if "app" in names:
        page = asyncio.run(answer(names["app"], "/contacts"))
        assert asyncio.run(answer(names["app"], f"/contacts/{page[0]['id']}"))["phone"]


def check_moving_contacts(folder, names):
    assert len((folder / "contacts.csv").read_bytes().splitlines()) == 1001
    assert "first_name is missing" in (folder / "more.refused.csv").read_text()
    assert names["report"].contacts == 1003


def check_python(folder, names):
    assert names["contact"].email == "sarah@example.com"
    assert len((folder / "contacts.csv").read_bytes().splitlines()) == 1002


# What is checked after the blocks of a page ran, one after the other.
CHECKS = {
    "README.md": check_walks,
    "docs/data-frames.md": check_data_frames,
    "docs/fastapi.md": check_fastapi,
    "docs/moving-contacts.md": check_moving_contacts,
    "docs/tutorials/python.md": check_python,
    "docs/walks.md": check_walks,
}
FILES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
PAGES = [str(path.relative_to(ROOT)) for path in FILES]
ELSEWHERE = {
    "docs/testing.md",  # test_testing
    "docs/many-workers.md",  # tests/engines/test_examples.py
}


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("page", list(filter(blocks, sorted({*PAGES} - ELSEWHERE))))
def test_python(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "company.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    names = {}
    for block in filter(can_run, blocks(page)):
        exec(compile(block, page, "exec"), names)
    CHECKS.get(page, lambda folder, names: None)(tmp_path, names)


# What begins a line of a block of sh that is not run here, and what runs it.
COMMANDS = {
    "scripts/": "CI",
    "cmake ": "tests/install/run",
    "sudo cmake ": "tests/install/run",
    "cc ": "tests/install/run",
    "./quickstart": "ctest, as an example",
    "luarocks ": "scripts/checks/rock",
    "pip install ": "scripts/test",
}
# What runs the blocks of a language. The scripts and tests read all pages, too.
LANGUAGES = {
    "": "nothing: figures and output",
    "{toctree}": "nothing: what the site has on its left",
    "c": "scripts/checks/readme: they stand in examples",
    "console": "test_the_transcript; in docs/sandbox.md ctest, as an example",
    "json": "tests/sandbox/test_rule.c",
    "lua": "tests/lua/test_docs.lua",
    "nginx": "tests/nginx/test_docs.py",
    "python": "test_python",
    "sh": "test_shell",
}


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_run(page):
    fences = re.findall(r"^```(.*)", (ROOT / page).read_text("utf-8"), re.M)
    assert set(fences[::2]) <= LANGUAGES.keys()
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            assert "pgai " in block or line.startswith(tuple(COMMANDS))


@pytest.mark.usefixtures("environment")
def test_shell(tmp_path, monkeypatch):
    pytest.importorskip("click", reason="the command needs click")
    pytest.importorskip("rich", reason="the command needs rich")
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable), prepend=os.pathsep)
    commands = blocks("docs/tutorials/shell.md", "sh")
    shown = [text for text in commands if not text.startswith("pip ")]
    done = subprocess.run(
        ["bash", "-euc", "".join(shown)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1,000 contacts in contacts.csv" in done.stderr
    assert "1 rows: 1 created" in done.stderr
    assert done.stdout.endswith("1001\n1002\n")
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


def anchor(heading):
    """What GitHub, and the site, make of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def without_blocks(path):
    return re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S)


@pytest.mark.parametrize("page", [*PAGES, "CHANGELOG.md", "CONTRIBUTING.md"])
def test_links(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", without_blocks(ROOT / page)):
        if link.startswith("https://"):
            continue
        path, _, heading = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.*)", without_blocks(target), re.M)
            assert heading in map(anchor, headings), link


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
