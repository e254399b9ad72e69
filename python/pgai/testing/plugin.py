"""The pytest plugin: a sandbox for a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pgai import AsyncContacts
    from pgai.testing import Sandbox


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers", "pgai_sandbox(**options): options of the sandbox of a test"
    )


@pytest.fixture
def pgai_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A `pgai.testing.Sandbox` of its own for each test.

    Its arguments are those of the marker, as in `@pytest.mark.pgai_sandbox(contacts=3)`.
    """
    # Only when a test needs it: pytest loads this plugin in every project.
    from pgai.testing import Sandbox

    marker = request.node.get_closest_marker("pgai_sandbox")
    options = marker.kwargs if marker else {}
    with Sandbox(**options) as sandbox:
        yield sandbox


@pytest.fixture
def pgai_async_contacts(pgai_sandbox: Sandbox) -> AsyncContacts:
    """A `pgai.AsyncContacts` of the test's sandbox, for whatever loop the test runs."""
    return pgai_sandbox.async_client()
