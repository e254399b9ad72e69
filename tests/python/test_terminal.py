"""The command `pgai` as people see it: on screens, with an emulator of a terminal."""

import fcntl
import json
import os
import pty
import re
import sqlite3
import struct
import subprocess
import sys
import termios
import time

import pytest

pytest.importorskip("click", reason="the command needs click")
pytest.importorskip("rich", reason="the command needs rich")

from pgai._command import _progress
from pgai.bulk import Progress
from pgai.testing import Sandbox

pyte = pytest.importorskip("pyte", reason="pyte is not installed")

COMMAND = [sys.executable, "-X", "dev", "-W", "error", "-m", "pgai"]


@pytest.fixture
def service(monkeypatch):
    """A service that the environment names, with enough pages to see progress."""
    with Sandbox(contacts=400) as sandbox:
        monkeypatch.setenv("PGAI_BASE_URL", sandbox.url)
        monkeypatch.setenv("PGAI_API_KEY", sandbox.api_key)
        yield sandbox


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    rows = (f"Name {i},row{i}@example.com\n" for i in range(12))
    path.write_text("First Name,Email\n" + "".join(rows))
    return ["import", path, "--journal", tmp_path / "people.journal"]


class Terminal:
    """A command that runs on a terminal of its own.

    Attributes
    ----------
    frames : list of list of str
        What the screen showed after each piece of output.
    widest : int
        Columns of the widest line that is no message: a terminal folds these.
    raw : str
        All output.
    """

    def __init__(self, *arguments, width=80, **environment):
        self._ours, theirs = pty.openpty()
        size = struct.pack("HHHH", 24, width, 0, 0)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
        self._child = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            env=os.environ | {"TERM": "xterm-256color"} | environment,
            preexec_fn=lambda: os.login_tty(theirs),
            pass_fds=[theirs],
        )
        os.close(theirs)
        # It is wider than it says, and shows what is too wide.
        self._screen = pyte.Screen(250, 600)
        self._stream = pyte.ByteStream(self._screen)
        self.frames, self.widest, self.raw = [], 0, ""

    def press(self, keys):
        os.write(self._ours, keys)

    def end(self, status=0):
        """Read until the command ends, and return the last frame."""
        try:
            while data := os.read(self._ours, 65_536):
                self._stream.feed(data)
                self.raw += data.decode(errors="replace")
                self.frames.append(self._frame())
        except OSError:  # Linux says so that the other side is closed.
            pass
        os.close(self._ours)
        assert self._child.wait(timeout=60) == status, self.raw
        assert "Traceback" not in self.raw
        return self.frames[-1]

    def _frame(self):
        frame = []
        for at in sorted(self._screen.buffer):
            line = self._screen.buffer[at]
            # The second cell of a wide character is empty, the rest of a line is blank.
            columns = range(max(line, default=-1) + 1)
            cells = [line[column].data if column in line else " " for column in columns]
            while cells and cells[-1] == " ":
                cells.pop()
            frame.append("".join(cells))
            if not frame[-1].startswith("pgai: "):
                self.widest = max(self.widest, len(cells))
        return frame


def show(*arguments, status=0, **options):
    terminal = Terminal(*arguments, **options)
    terminal.end(status)
    return terminal


JOBS = ("export", "sync", "import")


def job(name, people, tmp_path):
    return {
        "export": ["export", tmp_path / "all.csv"],
        "sync": ["sync", tmp_path / "all.sqlite"],
        "import": people,
    }[name]


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("width", [80, 40])
def test_tables_fit(width, people):
    wide = ["--first-name", "名" * 40, "--company", "Å" * 60]
    made = json.loads(subprocess.check_output([*COMMAND, "create", *wide]))["id"]
    for arguments in (["list"], ["list", "--page", "9"], ["get", made], ["check"]):
        shown = show(*arguments, width=width)
        assert shown.widest <= width
    shown = show("import", people[1], "--dry-run", width=width)
    assert shown.widest <= width
    text = "".join("".join(show("get", made, width=width).frames[-1]).split())
    assert "名" * 40 in text and "Å" * 60 in text


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("name", JOBS)
def test_progress_fits(service, name, width, people, tmp_path):
    service.fault({"fault": "latency", "ms": 120})
    rule = {"fault": "rate_limited", "seconds": 1, "match": {"nth": 6}}
    service.fault(rule)

    shown = show(*job(name, people, tmp_path), width=width)

    assert shown.widest <= width
    unit = "rows" if name == "import" else "contacts"
    seen = "\n".join({line for frame in shown.frames for line in frame})
    expected = [rf"^\d+ of \d+ {unit}, ", r", waits [12] s for"]
    if width == 80:
        expected += [r", [\d,]+/(s|min),", r", \d+ s left,"]
    for pattern in expected:
        assert re.search(pattern, seen, re.M), seen
    # None of it stays.
    last = [line for line in shown.frames[-1] if line]
    assert all(line.startswith("pgai: ") for line in last)


def test_the_share_of_the_allowance_is_told(monkeypatch, tmp_path):
    with Sandbox(contacts=400, limiter="fixed_first", rate_limit=900) as sandbox:
        sandbox.fault({"fault": "latency", "ms": 120})
        monkeypatch.setenv("PGAI_BASE_URL", sandbox.url)
        monkeypatch.setenv("PGAI_API_KEY", sandbox.api_key)
        assert "900 left" in " ".join(show("check", width=40).frames[-1])
        seen = "\n".join(map("\n".join, show("export", tmp_path / "a.csv").frames))
        assert re.search(r", 89\d of 900 requests free", seen), seen


def test_what_matters_most_stays_where_it_is_narrow():
    meter = _progress.Meter()
    meter.on_progress(Progress("contacts", 0, 9000, 1, 0.0, 90.0))
    meter.on_progress(Progress("contacts", 50, 9000, 1, 60.0, 90.0))
    meter._allowance, meter._wait = (
        "7 of 60 requests free",
        "waits 9 s for the rate limit",
    )
    first = "50 of 9,000 contacts"
    assert [meter.line(width) for width in (100, 80, 70, 50, 9)] == [
        f"{first}, 50/min, 1 min 30 s left, 7 of 60 requests free, {meter._wait}",
        f"{first}, 50/min, 1 min 30 s left, {meter._wait}",
        f"{first}, 1 min 30 s left, {meter._wait}",
        f"{first}, {meter._wait}",
        f"{first}, {meter._wait}",
    ]


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
@pytest.mark.usefixtures("service")
def test_plain_terminals(setting, people, tmp_path):
    for arguments in (["list"], ["check"], *(job(n, people, tmp_path) for n in JOBS)):
        shown = show(*arguments, **setting).raw
        assert not re.search(r"\x1b\[[\d;]*[34]\d", shown)  # no colours
        assert "TERM" not in setting or "\x1b" not in shown


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("setting", [{"LC_ALL": "C"}, ASCII])
@pytest.mark.usefixtures("service")
def test_names_do_not_need_a_locale(setting, tmp_path):
    path = tmp_path / "Åsa 名.csv"
    path.write_text("First Name,Å\nÅsa 名,x\n")
    journal = tmp_path / "Å.journal"
    for arguments in (
        ["import", path, "--dry-run"],
        ["import", path, "--journal", journal],
        ["list", "--page", "9"],
        ["list", "--page", "9", "--json"],
        ["export", tmp_path / "名.csv"],
    ):
        shown = show(*arguments, **setting)
        piped = subprocess.run(
            [*COMMAND, *arguments, *(["--force"] if arguments[0] == "export" else [])],
            env=os.environ | setting,
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in piped.stderr and "Unicode" not in shown.raw
    assert "Åsa 名".encode() in (tmp_path / "名.csv").read_bytes()


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("name", JOBS)
def test_ctrl_c(service, name, times, people, tmp_path):
    arguments = job(name, people, tmp_path)
    method, count = ("POST", 3) if name == "import" else ("GET", 5)
    rule = {"fault": "stall", "k": 0, "match": {"method": method, "nth": count}}
    service.fault(rule)
    terminal = Terminal(*arguments)
    while sum(r["method"] == method for r in service.log()["requests"]) < count:
        time.sleep(0.01)
    for _ in range(times):
        terminal.press(b"\x03")
    # The terminal shows the keys where it is just then.
    lines = [line.replace("^C", "") for line in terminal.end(130)]
    *_, how, last = filter(None, lines)

    assert last == "pgai: stopped" and "the same command" in how and "goes on" in how
    assert not (tmp_path / "all.csv").exists()
    if name == "import":
        with sqlite3.connect(arguments[-1]) as journal:
            journal.execute("UPDATE rows SET sent_at = 0")  # it has settled
        journal.close()
    again = subprocess.run(
        [*COMMAND, *arguments, *(["--resume"] if name == "export" else [])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    made = [contact["first_name"] for contact in service.log()["created"]]
    if name == "import":
        assert sorted(made) == sorted(f"Name {i}" for i in range(12))


def output(*command, status):
    """Run a command in pipes, and return what it wrote to stderr."""
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("name", JOBS)
def test_a_folder_that_cannot_be_written(name, people, tmp_path):
    without_rights = []
    if os.getuid() == 0:  # who may write everywhere
        drop = "--bounding-set=-dac_override,-dac_read_search"
        without_rights = ["setpriv", drop]
    arguments = job(name, people, tmp_path)
    tmp_path.chmod(0o555)
    try:
        said = output(*without_rights, *COMMAND, *arguments, status=1)
    finally:
        tmp_path.chmod(0o755)
    assert "Permission denied" in said and f"{tmp_path}/" in said
    assert os.listdir(tmp_path) == ["people.csv"]


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("name", JOBS)
def test_a_disk_that_is_full(name, people, tmp_path):
    """The largest size of a file stands for the disk: the same calls fail."""
    arguments = job(name, people, tmp_path)
    full = ["prlimit", "--fsize=24576"]
    said = output(*full, *COMMAND, *arguments, status=1)
    assert re.search("File too large|full|disk I/O error", said), said
    assert "the same command" in said and not (tmp_path / "all.csv").exists()
    output(*COMMAND, *arguments, *(["--resume"] if name == "export" else []), status=0)


@pytest.mark.usefixtures("service")
def test_head_ends_it_quietly():
    pgai = " ".join(COMMAND)
    for arguments in ("list", "export --format ndjson", "export --format csv"):
        script = f"{pgai} {arguments} | head -n 1; exit ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
        assert done.returncode in (0, 141) and len(done.stdout.splitlines()) == 1
        assert b"Traceback" not in done.stderr and b"Error" not in done.stderr
