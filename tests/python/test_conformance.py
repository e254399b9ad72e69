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
LEFT_OUT: dict[str, str] = {}


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    shim = tmp_path_factory.mktemp("shim") / "virtual_time.so"
    compiler = os.environ.get("CC", "cc")
    source = HERE / "virtual_time.c"
    subprocess.run(
        [compiler, "-std=gnu11", "-O1", "-fPIC", "-shared", "-o", shim, source, "-ldl"],
        check=True,
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PGAI_") and not name.lower().endswith("_proxy")
    }
    environment["LD_PRELOAD"] = str(shim)
    done = subprocess.run(
        [sys.executable, HERE / "conformance.py", shim],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout)


def rows():
    for path in sorted(TABLE.glob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            yield row["name"]


@pytest.mark.parametrize("name", rows())
def test_row(results, name):
    if name in LEFT_OUT:
        pytest.skip(LEFT_OUT[name])
    assert results[name] is None


def test_what_is_left_out_is_in_the_table():
    assert set(LEFT_OUT) <= set(rows())
