"""Every limit, wherever a call spends its time: tests/limits.json says what comes of it.

See docs/limits.md. The rows wait for real, so they are played next to each other.
"""

import concurrent.futures
import contextlib
import json
import pathlib
import socket
import time

import pytest

import pgai
from pgai.testing import Sandbox

TABLE = pathlib.Path(__file__).parent.parent / "limits.json"
ROWS = {row["name"]: row for row in json.loads(TABLE.read_text("utf-8"))}
# Waiting costs nothing, but each row has a thread that must wake up in time.
AT_ONCE = 6
KINDS = {
    pgai.TimeoutError: "timeout",
    pgai.ServerError: "server",
    pgai.RateLimitError: "rate_limited",
    pgai.OutcomeUnknownError: "outcome_unknown",
}


class Peers:
    """Services that no connection can be made with, as `peer` names them."""

    def __init__(self):
        # Nobody accepts, so the system makes connections, and no byte is ever answered.
        mute = socket.create_server(("127.0.0.1", 0), backlog=512)
        # Here it makes none, as too many wait to be accepted.
        full = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.sockets = [mute, full]
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
            self.sockets.append(waiting)
        self.urls = {
            "mute": f"https://127.0.0.1:{mute.getsockname()[1]}/v1",
            "full": f"http://127.0.0.1:{full.getsockname()[1]}/v1",
        }

    def close(self):
        for each in self.sockets:
            each.close()


def call(contacts, name, arguments):
    if name == "walk":
        return list(contacts.pages(**arguments))
    return getattr(contacts, name)(**arguments)


def play(row, urls):
    """What came of a row: the kind or "good", milliseconds, requests, retry_after."""
    ((name, arguments),) = row["call"].items()
    options = dict(row["options"])
    if "peer" in row:
        options["base_url"] = urls[row["peer"]]
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


@pytest.fixture(scope="module")
def results():
    with contextlib.closing(Peers()) as peers:
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            played = [pool.submit(play, row, peers.urls) for row in ROWS.values()]
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
