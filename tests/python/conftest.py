"""What the tests of the Python module share.

They run against the installed package: its pytest plugin brings the fixture
`pgai_sandbox`.
"""

import json
import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

pytest_plugins = ["pytester"]
ROOT = pathlib.Path(__file__).parent.parent.parent
sys.path.append(str(ROOT / "tests/support"))
FAULTS = json.loads((ROOT / "tests/support/faults.json").read_text())
PAGING = [listed["rule"] for listed in FAULTS["paging"]]
ODD_IDS = [{"fault": "null_everywhere"}, {"fault": "wrong_id"}]


def every_fault(test):
    return pytest.mark.parametrize("rule", PAGING + ODD_IDS, ids=json.dumps)(test)


def pytest_addoption(parser):
    parser.addoption(
        "--long", action="store_true", help="run the long tests at full length"
    )


@pytest.fixture
def rounds(request):
    """How often a test repeats what must not leak."""
    return 100_000 if request.config.getoption("--long") else 2_000


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No test depends on the settings of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("PGAI_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def contacts(pgai_sandbox):
    with pgai_sandbox.client() as client:
        yield client


@pytest.fixture(params=["asyncio", "uvloop", "trio"])
def kind(request):
    """An event loop."""
    from event_loops import Kind

    return Kind(request.param)


@pytest.fixture
def people(pgai_async_contacts):
    """A client made outside of any loop."""
    return pgai_async_contacts


@pytest.fixture
def sent(pgai_sandbox, contacts):
    """What the service makes of a create, without what it adds itself."""

    def sent(**fields):
        contacts.create(**fields)
        made = pgai_sandbox.log()["created"][-1]
        added = ("id", "created_at", "updated_at")
        return {name: value for name, value in made.items() if name not in added}

    return sent


@pytest.fixture
def run_python():
    """Run a script in a new, strict interpreter; returns what it printed."""

    def run(script, *arguments, options=("-X", "dev", "-W", "error"), timeout=120):
        done = subprocess.run(
            [sys.executable, *options, "-c", textwrap.dedent(script), *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
