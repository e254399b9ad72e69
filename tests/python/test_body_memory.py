"""What a hostile body costs a process, against a usual page."""

import json
import pathlib

import pytest

TABLE = json.loads(
    (pathlib.Path(__file__).parent.parent / "support/hostile_bodies.json").read_text()
)
SCRIPT = """
import contextlib, resource, sys
import pgai

with pgai.Contacts("sandbox_key", base_url=sys.argv[1], max_attempts=1) as contacts:
    with contextlib.suppress(pgai.Error):
        found = contacts.list() if sys.argv[2] == "list" else contacts.get("c1")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.fixture
def peak_kib(run_python, pgai_sandbox):
    return lambda name: int(run_python(SCRIPT, pgai_sandbox.url, name, options=()))


@pytest.mark.parametrize("operation", ["list", "get"])
def test_no_body_costs_more_than_it_may(peak_kib, pgai_sandbox, operation):
    usual = peak_kib(operation)
    for rule in TABLE["rules"]:
        pgai_sandbox.reset()
        pgai_sandbox.fault(rule)
        assert peak_kib(operation) - usual <= TABLE["most_kib"], rule
