"""Every call option, wherever a call spends its time: tests/call_options.json.

See docs/call-options.md. The rows wait for real, so they are played next to each other.
"""

import concurrent.futures
import contextlib
import json
import pathlib
import time

import pytest
from peers import Peers

import pgai
from pgai.testing import Sandbox

TESTS = pathlib.Path(__file__).parent.parent

TABLE = json.loads((TESTS / "call_options.json").read_text("utf-8"))
ROWS = {row["name"]: row for row in TABLE}
# Waiting costs nothing, but each row has a thread that must wake up in time.
AT_ONCE = 6
# A machine that is busy may wake one late, so that a call takes longer, or has time for
# fewer requests: of so many tries, one that is in time counts.
TRIES = 3
KINDS = {
    pgai.TimeoutError: "timeout",
    pgai.ServerError: "server",
    pgai.RateLimitError: "rate_limited",
    pgai.OutcomeUnknownError: "outcome_unknown",
}


def call(contacts, name, arguments):
    if name == "walk":
        return list(contacts.pages(**arguments))
    return getattr(contacts, name)(**arguments)


def play(row, peers):
    """What came of a row: the kind or "good", milliseconds, requests, retry_after."""
    ((name, arguments),) = row["call"].items()
    options = dict(row["options"])
    if "base_url" in row:
        options["base_url"] = peers.filled(row["base_url"])
        # Nobody is trusted, and no bundle is read in the time that is measured.
        options["ca"] = str(TESTS / "support")
    given = row.get("sandbox", {})
    with Sandbox(contacts=60, faults=row.get("faults", ()), **given) as sandbox:
        with sandbox.client(**options) as contacts:
            kind, retry_after = "good", None
            begun = time.monotonic()
            try:
                call(contacts, name, arguments)
            except pgai.Error as error:
                kind, retry_after = KINDS.get(type(error), repr(error)), error.retry_after
            ms = (time.monotonic() - begun) * 1000
            return kind, ms, sandbox.log()["counts"]["requests"], retry_after


def play_in_time(row, peers):
    for _ in range(TRIES):
        played = play(row, peers)
        _, ms, requests, _ = played
        expect = row["expect"]
        if ms <= expect["most_ms"] and requests == expect["requests"]:
            break
    return played


@pytest.fixture(scope="module")
def results():
    with contextlib.closing(Peers()) as peers:
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            played = [pool.submit(play_in_time, row, peers) for row in ROWS.values()]
    return dict(zip(ROWS, played, strict=True))


@pytest.mark.parametrize("name", ROWS)
def test_limit(results, name):
    expect = ROWS[name]["expect"]
    kind, ms, requests, retry_after = results[name].result()
    assert kind == expect.get("kind", "good")
    assert expect["least_ms"] <= ms <= expect["most_ms"]
    assert requests == expect["requests"]
    if "retry_after" in expect:
        least, most = expect["retry_after"]
        assert least <= retry_after <= most
