"""Calls while the interpreter shuts down, when nothing can be imported any more."""

import contextlib

import pytest
from peers import Peers

from pgai.testing import Sandbox

PROGRAM = """
import sys
import pgai

class Session:
    def __init__(self):
        self.contacts = pgai.Contacts(sys.argv[1], base_url=sys.argv[2], max_attempts=1)
        self.other = pgai.Contacts(sys.argv[1], base_url=sys.argv[3], max_attempts=1)
        self.kept = self.contacts.create(first_name="Ann")

    def __del__(self):
        for name, call in {
            "get": lambda: self.contacts.get(self.kept.id).first_name,
            "create": lambda: self.contacts.create(first_name="Ada").first_name,
            "extra": lambda: self.contacts.create(first_name="A", extra={"b": [1]}).extra,
            "walk": lambda: len(list(self.contacts)) > 2,
            "to_dict": lambda: self.kept.to_dict()["first_name"],
            "refused": lambda: self.contacts.create(email="not one").id,
            "with details": lambda: self.other.get("c1"),
            "unknown": lambda: self.contacts.get("nobody"),
            "usage": lambda: self.contacts.list(page=0),
            "misspelt": lambda: self.contacts.list(limt=1),
            "not_json": lambda: self.contacts.create(extra={"a": object()}),
        }.items():
            try:
                print(name, call(), flush=True)
            except (pgai.Error, TypeError) as error:
                details = getattr(error, "details", None)
                print(name, type(error).__name__, details, flush=True)

session = Session()
"""
SAID = """\
get Ann
create Ada
extra {'b': [1]}
walk True
to_dict Ann
refused BadRequestError None
with details UnprocessableEntityError {'field': 'id'}
unknown NotFoundError None
usage UsageError None
misspelt TypeError None
not_json TypeError None
"""


# What needs json, where the program never imported it.
SAID_WITHOUT_JSON = (
    SAID.replace("extra {'b': [1]}", "extra UsageError None")
    .replace("{'field': 'id'}", '{"field":"id"}')
    .replace("not_json TypeError", "not_json UsageError")
)


@pytest.mark.parametrize(
    ("program", "said"),
    [("import json\n" + PROGRAM, SAID), (PROGRAM, SAID_WITHOUT_JSON)],
    ids=["with json", "without"],
)
def test_calls_of_an_object_that_says_goodbye(run_python, program, said):
    with Sandbox(contacts=3) as sandbox, contextlib.closing(Peers()) as peers:
        refusing = peers.filled("http://{details}/v1")
        assert run_python(program, sandbox.api_key, sandbox.url, refusing) == said
