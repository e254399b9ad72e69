"""What the tests of other engines share: Spark and dlt, as they are installed."""

import os

import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--long", action="store_true", help="run the long tests at full length"
    )


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No test depends on the settings of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("PGAI_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
