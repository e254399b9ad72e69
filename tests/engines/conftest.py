"""What the tests of other engines share: Spark and dlt, as they are installed."""

import contextlib
import os
import pathlib
import sys

import pytest

from pgai.testing import Sandbox

EXAMPLES = pathlib.Path(__file__).parent.parent.parent / "examples"
# The sandbox has one key. Spark's processes get their environment when they start.
KEY_VARIABLE = "CRM_KEY"


def pytest_addoption(parser):
    parser.addoption(
        "--long", action="store_true", help="run the long tests at full length"
    )


@pytest.fixture
def long(request):
    return request.config.getoption("--long")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No test depends on the settings of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("PGAI_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def service(request):
    """A sandbox with as many contacts as the module of the test says."""
    with Sandbox(contacts=request.module.CONTACTS) as sandbox:
        yield sandbox


@pytest.fixture
def client(service):
    with service.client() as made:
        yield made


def spark_environment():
    """What programs with Spark run with: this Python, and loopback only."""
    with Sandbox(contacts=0) as sandbox:
        key = sandbox.api_key
    return {
        KEY_VARIABLE: key,
        # Short programs are over before a better compiler has paid.
        "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


@contextlib.contextmanager
def said_in(path):
    """Collect what a process that is started here writes to stderr."""
    before = os.dup(2)
    with open(path, "wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """A session of four cores, which all tests share: it takes seconds to start."""
    from pyspark.sql import SparkSession

    import pgai.spark

    events = tmp_path_factory.mktemp("events")
    log = tmp_path_factory.mktemp("log") / "spark"
    os.environ |= spark_environment()
    builder = (
        SparkSession.builder.master("local[4,4]")
        .config("spark.ui.port", "0")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.eventLog.enabled", "true")
        .config("spark.eventLog.dir", events.as_uri())
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
    )
    with said_in(log):
        session = builder.getOrCreate()
    session.events, session.log = events, log
    yield pgai.spark.register(session)
    session.stop()
