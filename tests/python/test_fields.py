"""All that lists the fields of a contact lists each of the core's table."""

import inspect
import re
from pathlib import Path

import pgai
from pgai import _fields

ROOT = Path(__file__).parents[2]
TABLE = re.findall(
    r"^    X\(\w+, (\d+), (\w+), (?:LISTED|DETAIL), (WRITABLE|READONLY)\)",
    (ROOT / "core/include/pgai/contact.h").read_text(),
    re.MULTILINE,
)
NAMES = [name for _, name, _ in sorted(TABLE, key=lambda row: int(row[0]))]
WRITABLE = {name for _, name, access in TABLE if access == "WRITABLE"}


def test_attributes_stand_in_the_order_of_their_numbers():
    assert pgai.Contact.__match_args__ == tuple(NAMES)
    for name in NAMES:
        assert inspect.isgetsetdescriptor(getattr(pgai.Contact, name))


def test_create_takes_and_sends_what_can_be_written(pgai_sandbox):
    others = {"self", "extra", "timeout", "deadline"}
    assert set(inspect.signature(pgai.Contacts.create).parameters) - others == WRITABLE
    assert set(_fields.TEXTS) == WRITABLE and _fields.FIELDS[-1] == "extra"
    with pgai_sandbox.client() as contacts:
        contacts.create(**{name: name.upper() for name in WRITABLE})
    (created,) = pgai_sandbox.log()["created"]
    assert {name: created[name] for name in WRITABLE} == {
        name: name.upper() for name in WRITABLE
    }


def test_a_contact_made_by_hand_is_annotated_with_each():
    stub = (ROOT / "python/pgai/_pgai.pyi").read_text()
    made = stub[stub.index("class Contact(") : stub.index(") -> Contact")]
    assert set(re.findall(r"^        (\w+): Any = \.\.\.,", made, re.MULTILINE)) == set(
        NAMES
    )
