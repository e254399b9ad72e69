"""The stubs fit the module, and the package and the examples fit the stubs."""

import pathlib
import subprocess
import sys

import pytest
from conftest import ROOT

import pgai

pytest.importorskip("mypy")
EXAMPLES = sorted(map(str, (ROOT / "examples").glob("*.py")))
PACKAGE = str(pathlib.Path(pgai.__file__).parent)


@pytest.mark.parametrize(
    "arguments",
    [
        ["mypy", "--strict", "-p", "pgai"],
        ["mypy", "--strict", *EXAMPLES],
        ["mypy.stubtest", "pgai", "--ignore-unused-allowlist"],
        ["pyright", "--pythonpath", sys.executable, PACKAGE, *EXAMPLES],
    ],
    ids=["package", "examples", "stubtest", "pyright"],
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
