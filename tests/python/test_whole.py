"""What is said where files of another project lie among ours, or ours are missing."""

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile

import pytest

SANDBOX = "import pgai.testing; pgai.testing.Sandbox(contacts=1).close()"
MIXTURE = "pgai-contacts and pgai are both installed in "
ADVICE = "pip uninstall pgai-contacts pgai\n"
AGAIN = "uninstall pgai-contacts, and install it again for this Python\n"


def python(folder, *arguments):
    return subprocess.run(
        [folder / "bin/python", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def pip(folder, *arguments):
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", folder / "bin/python", *arguments],
        capture_output=True,
        check=True,
        timeout=120,
    )


@pytest.fixture
def environment(tmp_path):
    """A virtual environment with a copy of this package in it, as pip installed it."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    copy_ours(folder)
    return folder


def packages(folder):
    return next(folder.glob("lib/python*/site-packages"))


def copy_ours(folder):
    for file in importlib.metadata.files("pgai-contacts"):
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = packages(folder) / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file.locate(), target)


@pytest.fixture
def install_theirs(environment, tmp_path):
    """Install another distribution with a package of that name."""

    def install():
        wheel = tmp_path / "pgai-1.0-py3-none-any.whl"
        about = "Metadata-Version: 2.1\nName: pgai\nVersion: 1.0\n"
        kind = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        files = {
            "pgai/__init__.py": "__version__ = '1.0'\n",
            "pgai/cli.py": "",
            "pgai-1.0.dist-info/METADATA": about,
            "pgai-1.0.dist-info/WHEEL": kind,
        }
        files["pgai-1.0.dist-info/RECORD"] = "".join(f"{name},,\n" for name in files)
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        pip(environment, "install", "--no-index", "--no-deps", wheel)

    return install


def assert_says(done, *parts):
    assert done.returncode == 1
    last = done.stderr.splitlines(keepends=True)[-1]
    assert last.startswith("ImportError: "), done.stderr
    for part in parts:
        assert part in last


def test_theirs_over_ours(environment, install_theirs):
    assert python(environment, "-c", SANDBOX).returncode == 0
    install_theirs()
    assert_says(python(environment, "-c", SANDBOX), "no Contacts", MIXTURE, ADVICE)
    pip(environment, "uninstall", "--yes", "pgai")
    assert_says(python(environment, "-c", SANDBOX), "no Contacts", AGAIN)
    copy_ours(environment)
    assert python(environment, "-c", SANDBOX).returncode == 0


def test_ours_over_theirs(environment, install_theirs):
    install_theirs()
    copy_ours(environment)
    assert python(environment, "-c", SANDBOX).returncode == 0
    (packages(environment) / "pgai/_arguments.py").unlink()
    said = python(environment, "-c", "import pgai")
    assert_says(said, "No module named 'pgai._arguments'", MIXTURE, ADVICE)


def test_an_extension_that_is_missing(environment):
    (packages(environment) / "pgai/_pgai.abi3.so").unlink()
    said = python(environment, "-c", "import pgai")
    assert_says(said, "No module named 'pgai._pgai'", str(packages(environment)), AGAIN)
