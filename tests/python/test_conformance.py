"""Every row of the conformance table, over the real module."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
TABLE = HERE.parent / "conformance"

# Rows that say something which Python cannot, and why.
NOT_A_DICT = "extra is a dict, so it cannot be any other JSON text"
NO_NAME_TWICE = "a dict holds no name twice"
ONE_BY_ONE = "a walk by contacts asks for a page only when one of its contacts is wanted"
NO_FAILURE = "no server can bring about this failure"
LEFT_OUT = {
    "create: extra is empty text": NOT_A_DICT,
    "create: extra is a list": NOT_A_DICT,
    "create: extra is a number": NOT_A_DICT,
    "create: extra is null": NOT_A_DICT,
    "create: extra is not JSON": NOT_A_DICT,
    "create: extra is cut": NOT_A_DICT,
    "create: extra is two objects": NOT_A_DICT,
    "create: extra that names a thing that nobody knows twice": NO_NAME_TWICE,
    "create: extra that names a documented field twice": NO_NAME_TWICE,
    "create: extra that names a documented field, once with an escape twice": (
        NO_NAME_TWICE
    ),
    "create: extra keeps numbers as they are written": NOT_A_DICT,
    "resumed with nothing used of a page": ONE_BY_ONE,
    "resumed after a failure, inside the page before it": ONE_BY_ONE,
    "get: cancelled before sending is final": NO_FAILURE,
    "create: cancelled before sending is final": NO_FAILURE,
    "get: not_yieldable is final": NO_FAILURE,
    "get: exiting is final": NO_FAILURE,
    "get: overloaded is final": NO_FAILURE,
}

# An event loop goes on while requests are in flight, and gives up what is not needed.
GIVEN_UP = "what is given up in flight may not have arrived, or may be followed by more"
HELD = "the clock of the test may skip to the deadline of a page that waits for its turn"
LEFT_OUT_ASYNC = {
    "prefetch: a page ahead is tried again when its turn comes": HELD,
    "details: one that fails is tried again in its turn": HELD,
    "prefetch: the pages before a refusal come, and nothing behind it is asked for": (
        GIVEN_UP
    ),
    "get_many: one that fails is tried again in its turn": HELD,
    "prefetch: a refusal of the page whose turn it is": GIVEN_UP,
    "get_many: the contacts before a failure come, and nothing behind it is asked for": (
        GIVEN_UP
    ),
    "prefetch: a limit that is clamped midway": GIVEN_UP,
    "prefetch: a total that falls": GIVEN_UP,
    "prefetch: an empty page midway is read again": GIVEN_UP,
}


@pytest.fixture(scope="session", params=["blocking", "async"])
def results(request, tmp_path_factory):
    shim = tmp_path_factory.mktemp("shim") / "virtual_time.so"
    compiler = os.environ.get("CC", "cc")
    source = HERE / "virtual_time.c"
    subprocess.run(
        [
            *(compiler, "-std=gnu11", "-O1", "-fPIC", "-shared", "-Wl,--no-as-needed"),
            *("-o", shim, source, "-lcurl"),
        ],
        check=True,
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PGAI_") and not name.lower().endswith("_proxy")
    }
    environment["LD_PRELOAD"] = str(shim)
    done = subprocess.run(
        [sys.executable, HERE / "conformance.py", shim, request.param],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout)


def rows():
    names = []
    for path in sorted(TABLE.glob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            names.append(row["name"])
    return names


@pytest.mark.parametrize("name", rows())
def test_row(request, results, name):
    left_out = dict(LEFT_OUT)
    if request.node.callspec.params["results"] == "async":
        left_out |= LEFT_OUT_ASYNC
    if name in left_out:
        pytest.skip(left_out[name])
    assert results[name] is None


def test_what_is_left_out_is_in_the_table():
    assert {*LEFT_OUT, *LEFT_OUT_ASYNC} <= set(rows())
