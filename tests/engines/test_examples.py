"""The examples for Spark and dlt, run as their reader would."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from pgai.testing import Sandbox

EXAMPLES = pathlib.Path(__file__).parent.parent.parent / "examples"


@pytest.fixture
def service():
    with Sandbox(contacts=1000) as sandbox:
        yield sandbox


@pytest.fixture
def run(service, tmp_path):
    """Run an example; its last line on stdout."""
    environment = os.environ | {
        "PGAI_BASE_URL": service.url,
        "PGAI_API_KEY": service.api_key,
        "DLT_DATA_DIR": str(tmp_path / "dlt"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }

    def run(name, *arguments):
        done = subprocess.run(
            [sys.executable, EXAMPLES / name, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert service.api_key not in done.stdout + done.stderr
        return done.stdout.splitlines()[-1]

    return run


def test_dlt_to_duckdb(run, service):
    assert run("dlt_to_duckdb.py", "contacts.duckdb") == "1000 contacts loaded"
    with service.client() as contacts:
        contacts.create(first_name="Sarah", last_name="Connor")
    assert run("dlt_to_duckdb.py", "contacts.duckdb") == "1 contacts loaded"
    assert run("dlt_to_duckdb.py", "contacts.duckdb") == "0 contacts loaded"
    assert run("dlt_to_duckdb.py", "contacts.duckdb", "--full") == "1001 contacts loaded"


def test_what_the_page_shows(run, tmp_path):
    text = (EXAMPLES.parent / "docs/many-workers.md").read_text("utf-8")
    shown = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    assert len(shown) == 2
    program = tmp_path / "page.py"
    program.write_text("\n".join([*shown, "print(frame.count())\n"]))
    assert run(program) == "1000"
