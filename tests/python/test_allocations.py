"""Each allocation of each public call fails once: the call works, or says why not."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

# One binary serves all versions, so that one is enough for what is ours.
pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 12),
    reason="Python 3.12 and 3.13 themselves crash in json when memory is short",
)

HERE = pathlib.Path(__file__).parent
CALLS = """
the first create; told creates; Contacts; with_options; a new key; with_options of a
class; close; a key that is none; a function for a key; rate_limit; list; list with
limits; get; get_many; create; request; a request with a body; plan; pages; pages, gone
on with; each; each, gone on with; each with details; each to Arrow; cursor; stats;
stats of pages; from a cursor; a wrong cursor; to_dict; extra; raw; an odd field; has; a
mapping; no key; an escape; repr; hash; equal; pickle; pickle of a page; copy; Contact;
Page; of a page; page to Arrow; to_ndjson; to_csv; html; created; a refusal with 400; a
refusal with 401; a refusal with 403; a refusal with 404; engine; list on an engine; get
on an engine; create on an engine; request on an engine; plan on an engine; each on an
engine; batches on an engine; a refusal with 422; a refusal with 429; a refusal with
503; left over
"""
NAMES = [" ".join(name.split()) for name in CALLS.split(";")]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    library = tmp_path_factory.mktemp("library") / "failing_library.so"
    tests = HERE.parent
    subprocess.run(
        [
            *(os.environ.get("CC", "cc"), "-std=gnu11", "-O1", "-fPIC", "-shared"),
            *("-fno-builtin", "-D_GNU_SOURCE", f"-I{tests}", "-o", library),
            *(tests / "support" / "failing_library.c", "-ldl"),
        ],
        check=True,
    )
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PGAI_") and not name.lower().endswith("_proxy")
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", HERE / "allocations.py", library],
        env=kept | {"LD_PRELOAD": str(library), "PYTHONMALLOC": "malloc"},
        stdout=subprocess.PIPE,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_no_memory(results, name):
    failed, wrong = results[name]
    assert wrong is None
    assert failed, "no allocation failed: the library was not loaded"


def test_every_call_is_named(results):
    assert sorted(results) == sorted(NAMES)
