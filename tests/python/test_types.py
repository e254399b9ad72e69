"""The stubs fit the module, and the package and the examples fit the stubs."""

import pathlib
import subprocess
import sys

import pytest
from conftest import ROOT

import pgai

pytest.importorskip("mypy")
EXAMPLES = sorted(map(str, (ROOT / "examples").glob("*.py")))
PACKAGE = str(pathlib.Path(pgai.__file__).parent)

PROGRAM = """
from collections.abc import Mapping, Sequence
import pgai

def names(people: Sequence[pgai.Contact]) -> list[str | None]:
    return [person.first_name for person in reversed(people)]

def first(contacts: pgai.Contacts) -> list[str | None]:
    return names(contacts.list())

async def walk(contacts: pgai.AsyncContacts) -> list[str | None]:
    async with contacts:
        page: pgai.Page = await contacts.list()
        walk = contacts.each(cursor=None)
        assert walk.stats.total is None
        return [each.first_name async for each in walk] + names(page)

def phones(contacts: pgai.Contacts, ids: list[str]) -> dict[str, str | None]:
    found = zip(ids, contacts.get_many(ids, prefetch=8), strict=True)
    return {id: each.phone if each else None for id, each in found}

async def many(contacts: pgai.AsyncContacts) -> list[pgai.Contact | None]:
    return [each async for each in contacts.get_many(["a"])]

def domain(contact: pgai.Contact) -> str:
    if contact.email is None:
        return ""
    return str(contact.email.partition("@")[2])

def named(contact: pgai.Contact) -> dict[str, object]:
    rows: list[Mapping[str, object]] = [contact]
    return {**contact, "phone": contact.get("phone", "none"), "row": rows[0]["id"]}

def tags(contact: pgai.Contact) -> list[object]:
    return contact.email if isinstance(contact.email, list) else [contact.email]
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["mypy", "--strict", "-p", "pgai"],
        ["mypy", "--strict", *EXAMPLES],
        ["mypy.stubtest", "pgai", "--ignore-unused-allowlist"],
        ["mypy", "--strict", "program.py"],
        ["pyright", "--pythonpath", sys.executable, PACKAGE, *EXAMPLES, "program.py"],
    ],
    ids=["package", "examples", "stubtest", "program", "pyright"],
)
def test_types(arguments, tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
