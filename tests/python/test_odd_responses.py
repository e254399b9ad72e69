"""Each fault of the sandbox after a good response, twice, on one client.

What comes is what tests/support/faults.json allows, the same both times, and good
responses stay right.
"""

import json
import re

import pytest
from conftest import ROOT

import pgai
from pgai.testing import Sandbox

FAULTS = json.loads((ROOT / "tests/support/faults.json").read_text())
LISTED = [(group, entry) for group, entries in FAULTS.items() for entry in entries]
STATUS = (ROOT / "core/include/pgai/status.h").read_text()
# The exception of each word: X(NAME, value, word, "Exception", ...
RAISED = dict(re.findall(r'X\(\w+, \d+, (\w+), "(\w+)"', STATUS)) | {"good": "good"}


@pytest.fixture(scope="module")
def service():
    with Sandbox(contacts=5) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def client(service):
    with service.client(max_attempts=1, pace=False) as contacts:
        yield contacts


@pytest.fixture(scope="module")
def other(service):
    """On connections of its own."""
    with service.client(pace=False) as contacts:
        yield contacts


def call(client, group, contact_id, timeout):
    """Make a call of the kind that the group's faults act on; what came of it."""
    try:
        if group == "create":
            client.create(first_name="Ann", timeout=timeout)
        elif group == "paging":
            client.list(timeout=timeout)
        else:
            client.get(contact_id, timeout=timeout)
    except (pgai.Error, MemoryError) as error:
        return type(error).__name__
    return "good"


def pass_time(service, other, contact_id, ms):
    """Let time pass at the sandbox: another client's response comes that much later."""
    service.reset()
    service.fault({"fault": "latency", "ms": ms})
    other.get(contact_id)


@pytest.mark.parametrize(
    ("group", "entry"), LISTED, ids=[json.dumps(entry["rule"]) for _, entry in LISTED]
)
def test_after_a_good_response_twice(service, client, other, group, entry):
    timeout = 0.2 if "timeout" in entry["may"] else 10
    service.reset()
    contact_id = other.list()[0].id
    assert client.get(contact_id).id == contact_id
    came = []
    for _ in range(2):
        service.reset()
        service.fault(entry["rule"])
        came.append(call(client, group, contact_id, timeout))
        if "then_ms" in entry:
            pass_time(service, other, contact_id, entry["then_ms"])
    service.reset()
    assert came[0] in [RAISED[word] for word in entry["may"]]
    assert came[0] == came[1]
    assert client.get(contact_id).id == contact_id
