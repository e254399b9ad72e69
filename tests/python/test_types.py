"""The stubs fit the module, and the package and the examples fit the stubs."""

import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("mypy")


@pytest.mark.parametrize(
    "arguments",
    [
        ["mypy", "--strict", "-p", "pgai"],
        ["mypy", "--strict", *sorted(map(str, (ROOT / "examples").glob("*.py")))],
        ["mypy.stubtest", "pgai", "--ignore-unused-allowlist"],
    ],
    ids=["package", "examples", "stubtest"],
)
def test_types(arguments, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
