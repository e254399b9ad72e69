"""The command `pgai`: through pipes, and on a terminal."""

import fcntl
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from importlib.metadata import entry_points

import pytest

import pgai
from pgai.testing import Sandbox

pytest.importorskip("click", reason="the command needs click")
pytest.importorskip("rich", reason="the command needs rich")

from pgai._command import _group, _progress, _run
from pgai.bulk import Progress

CONTACTS = 120
COMMAND = [sys.executable, "-X", "dev", "-W", "error", "-m", "pgai"]
KEY = "canary_key_0123456789_abcd"


@pytest.fixture
def service(monkeypatch):
    """A service that the environment names."""
    with Sandbox(contacts=CONTACTS) as sandbox:
        monkeypatch.setenv("PGAI_BASE_URL", sandbox.url)
        monkeypatch.setenv("PGAI_API_KEY", sandbox.api_key)
        yield sandbox


def run(*arguments, status=0, input=None, **environment):
    """Run the command in pipes; return what it wrote to stdout and stderr."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=os.environ | environment,
        input=input,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and KEY not in done.stdout + done.stderr
    return done.stdout, done.stderr


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def on_terminal(*arguments, width=80, status=0, **environment):
    """Run the command on a terminal of that width; return what it showed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    child = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=os.environ | {"TERM": "xterm-256color"} | environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65_536):
            shown += data
    except OSError:  # Linux says so that the other side is closed.
        pass
    os.close(ours)
    assert child.wait(timeout=60) == status, shown
    return shown.decode(errors="replace").replace("\r\n", "\n")


def plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_it_is_installed():
    (found,) = entry_points(group="console_scripts", name="pgai")
    assert found.value == "pgai._command:main"


def test_help():
    out, _ = run("--help")
    names = re.findall(r"^  (\w+)  +[A-Z]", out.split("Commands:")[1], re.M)
    assert names[:3] == ["check", "get", "list"] and "export" in names
    for name in names:
        assert f"pgai {name}" in run(name, "--help")[0].split("Examples:")[1]
    assert run("--version")[0] == f"pgai {pgai.__version__}\n"


def test_without_click(run_python):
    script = """
        import sys
        sys.modules["click"] = None
        from pgai._command import main
        sys.stderr = sys.stdout
        print(main(["list"]))
    """
    said = "pgai: the command needs click and rich: pip install 'pgai-contacts[cli]'\n2\n"
    assert run_python(script) == said


@pytest.mark.usefixtures("service")
def test_nothing_heavy_is_imported_in_vain(run_python):
    script = """
        import sys
        from pgai._command import main
        assert main(sys.argv[1:]) == 0
        print({"rich", "pgai.bulk", "sqlite3", "asyncio", "logging"} & set(sys.modules))
    """
    for arguments in (["--help"], ["list"], ["request", "GET", "/contacts"]):
        assert run_python(script, *arguments).endswith("set()\n")


def test_contacts(service):
    out, _ = run("list", "--limit", 3, "--page", 2)
    with service.client() as contacts:
        page = contacts.list(2, 3)
        whole = [contacts.get(contact.id) for contact in page]
    assert out == page.to_ndjson().decode()
    assert run("get", page[0].id)[0] == whole[0].raw + "\n"
    out, err = run("get", page[0].id, "nobody", page[1].id, status=3)
    assert out == "".join(contact.raw + "\n" for contact in whole[:2])
    assert err == "pgai: there is no contact nobody\n"


def test_create(service):
    out, _ = run(
        "create",
        "--first-name",
        "Sarah",
        "--email",
        "s@example.com",
        "--extra",
        '{"a": 1}',
    )
    (made,) = lines(out)
    assert made["first_name"] == "Sarah" and made["a"] == 1
    (made,) = lines(
        run("create", "--input", "-", "--phone", "1", input='{"first_name": "Zoë"}')[0]
    )
    assert made["first_name"] == "Zoë" and made["phone"] == "1"
    for wrong in ("[1]", '{"id": "x"}', '{"timeout": 1}', '{"phone": 5}', "{"):
        run("create", "--input", "-", input=wrong, status=2)
    run("create", status=2)
    assert service.log()["counts"]["created"] == 2


@pytest.mark.usefixtures("service")
def test_request(tmp_path):
    out, _ = run("request", "get", "/contacts", "--query", "limit=2", "--query", "page=3")
    assert json.loads(out)["pagination"] == {"page": 3, "limit": 2, "total": CONTACTS}
    (tmp_path / "a.json").write_text('{"first_name": "A"}')
    made = run("request", "POST", "/contacts", "--input", tmp_path / "a.json")[0]
    assert "A" in made
    run("request", "GET", "/contacts", "--query", "limit", status=2)
    run("create", "--first-name", "Åsa\u202e\n")
    for more in ([], ["--json"]):
        arguments = ["request", "GET", "/contacts", "--query", "page=3", *more]
        text = on_terminal(*arguments)
        last = json.loads(text)["data"][-1]
        assert last["first_name"] == "Åsa\u202e\n" and "Åsa" in text
        assert "\u202e" not in text and (more or '\n  "pagination": {' in text)


FAILURES = {
    1: (["list"], {"fault": "status", "code": 400}),
    2: (["list", "--page", "0"], None),
    3: (["get", "nobody"], None),
    4: (["list"], {"fault": "status", "code": 403}),
    5: (["create", "--first-name", "A"], {"fault": "commit_then_drop"}),
    6: (["export", "FILE.csv", "--strict"], {"fault": "total_missing"}),
}


@pytest.mark.parametrize("status", FAILURES)
def test_exit_statuses(service, status, tmp_path):
    arguments, fault = FAILURES[status]
    if fault:
        service.fault(fault)
    arguments = [word.replace("FILE", str(tmp_path / "a")) for word in arguments]
    out, err = run(*arguments, status=status)
    assert out == "" and len(err.splitlines()) <= 2
    assert all(line.startswith("pgai: ") for line in err.splitlines())
    if status != 6:
        (said,) = lines(run(*arguments, "--json", status=status)[1])
        assert said["error"]["exit"] == status and said["error"]["message"] in err


def test_wrong_usage(service, monkeypatch):
    assert run("list", "--pag", status=2)[1].endswith("; see pgai list --help\n")
    run("lst", status=2)
    monkeypatch.delenv("PGAI_API_KEY")
    assert "--key-file FILE" in run("list", status=2)[1]
    assert service.log()["counts"]["requests"] == 0


def test_the_key_of_a_file(service, tmp_path, monkeypatch):
    monkeypatch.delenv("PGAI_API_KEY")
    path = tmp_path / "key"
    path.write_text(service.api_key + "\n")
    path.chmod(0o604)
    assert f"chmod 600 {path}" in run("list", "--key-file", path, status=2)[1]
    path.chmod(0o600)
    assert len(lines(run("list", "--key-file", path)[0])) == 50
    out, _ = run("list", "--key-file", "/dev/stdin", input=service.api_key)
    assert len(lines(out)) == 50  # a pipe can be read only once
    path.write_text(KEY)
    assert f"the key came from {path}" in run("list", "--key-file", path, status=4)[1]
    assert run("list", "--key-file", tmp_path / "no", status=1)[1].count("No such file")


def test_check(service):
    proxy = f"http://user:{KEY}@proxy.example:3128"
    (found,) = lines(run("check", http_proxy=proxy, no_proxy="127.0.0.1")[0])
    assert found["key"] == "... from $PGAI_API_KEY" and found["contacts"] == CONTACTS
    assert found["proxy"] == "proxy.example:3128 from $http_proxy, not for 127.0.0.1"
    assert found["url"] == service.url and pgai.__version__ in found["versions"]
    (found,) = lines(run("check", status=4, PGAI_API_KEY=KEY)[0])
    assert found["key"] == "...abcd from $PGAI_API_KEY"
    assert found["request"].startswith("failed: ")


@pytest.mark.usefixtures("service")
def test_export(tmp_path):
    for format, begin in (("csv", "id,email\n"), ("ndjson", '{"id":')):
        out, err = run("export", "--format", format, "--fields", "id,email")
        assert out.replace("\r\n", "\n").startswith(begin) and "120 contacts" in err
    path = tmp_path / "a.csv"
    assert run("export", path)[1] == f"pgai: 120 contacts in {path}\n"
    assert "exists" in run("export", path, status=1)[1]
    (report,) = lines(run("export", path, "--force", "--strict", "--json")[0])
    assert report["complete"] is True and report["contacts"] == CONTACTS
    run("export", status=2)
    run("export", "--format", "sqlite", status=2)
    run("export", "--format", "csv", "--json", status=2)
    run("export", tmp_path / "no" / "a.csv", status=1)


@pytest.mark.usefixtures("service")
def test_sync(tmp_path):
    path = tmp_path / "a.sqlite"
    said = f"pgai: 120 contacts in {path}: 120 new, 0 changed, 0 back, 0 gone\n"
    assert run("sync", path)[1] == said
    (report,) = lines(run("sync", path, "--json")[0])
    assert report["added"] == 0 and report["contacts"] == CONTACTS
    failure = _run._judge(sqlite3.OperationalError("database is locked"))
    assert failure.text == "the database could not be used: database is locked"
    (tmp_path / "b.sqlite").write_text("no database " * 100)
    assert "choose another name" in run("sync", tmp_path / "b.sqlite", status=2)[1]


def test_import(service, tmp_path):
    path, journal = tmp_path / "a.csv", tmp_path / "a.journal"
    path.write_text("First Name,Mail to,Note\nAda,ada@a.example,x\n,b@a.example,y\n")
    arguments = ["import", path, "--map", "Mail to=email"]
    out, err = run(*arguments, "--dry-run", status=6)
    assert lines(out)[0] == {
        "row": 1,
        "reason": None,
        "first_name": "Ada",
        "email": "ada@a.example",
    }
    assert "column Mail to is email" in err and "not imported: Note" in err
    assert "2 rows, 1 wrong; nothing was sent" in err
    assert service.log()["counts"] == {"requests": 0, "created": 0, "connections": 0}
    out, err = run(*arguments, "--journal", journal, status=6)
    kept = tmp_path / "a.refused.csv"
    assert out == "" and "2 rows: 1 created" in err and f"{kept} has the refused" in err
    assert "b@a.example,y,first_name is missing" in kept.read_text()
    (report,) = lines(run(*arguments, "--journal", journal, "--json", status=6)[0])
    (refused,) = report["refused"]
    assert report["created"] == 1 and report["refused_file"] == str(kept)
    assert refused["row"] == 2 and refused["reason"] == "first_name is missing"
    assert service.log()["counts"]["created"] == 1
    assert run("import", "--unknown", journal) == ("", "")
    with sqlite3.connect(journal) as database:
        database.execute("UPDATE rows SET state = 'unknown' WHERE number = 1")
    (unknown,) = lines(run("import", "--unknown", journal, status=5)[0])
    assert unknown["fields"]["email"] == "ada@a.example"
    assert "no journal" in run("import", "--unknown", path, status=2)[1]
    assert "No such file" in run("import", "--unknown", tmp_path / "b", status=1)[1]
    run(*arguments, status=2)
    run("import", path, "--dry-run", "--map", "Mail to", status=2)
    path.write_text("First Name,Mail to,Note\nAda,a\n")
    (short,) = lines(run(*arguments, "--dry-run", status=6)[0])
    assert short["row"] == 1 and short["refused_row"] == "Ada,a\n"


def test_refused_rows_are_mended_and_imported(service, tmp_path):
    path, kept = tmp_path / "a.csv", tmp_path / "a.refused.csv"
    path.write_text("First Name;Email\nAda;ada@a.example\n;b@a.example\n")
    arguments = ["import", path, "--journal", tmp_path / "a.journal"]
    err = run(*arguments, "--refused", tmp_path / "a.ndjson", status=2)[1]
    assert err.startswith("pgai: column") and "must end with .csv" in err
    run(*arguments, status=6)
    mended = kept.read_text().replace("\n;b@", "\nBo;b@")
    kept.write_text(mended)
    err = run(*arguments, status=6)[1]
    assert f"{kept} exists and has not just these rows" in err and "--refused" in err
    assert kept.read_text() == mended
    run(*arguments, "--refused", tmp_path / "b.csv", status=6)
    assert "1 rows: 1 created" in run("import", kept, "--journal", tmp_path / "b")[1]
    names = [made["first_name"] for made in service.log()["created"]]
    assert names == ["Ada", "Bo"]
    nowhere = tmp_path / "no" / "c.csv"
    err = run(*arguments, "--refused", nowhere, status=6)[1]
    assert f"pgai: {nowhere}: No such file or directory" in err


def test_sandbox(monkeypatch):
    fault = '{"fault": "status", "code": 400, "match": {"nth": 2}}'
    child = subprocess.Popen(
        [*COMMAND, "sandbox", "--contacts", "7", "--fault", fault], stdout=subprocess.PIPE
    )
    with child:
        made = json.loads(child.stdout.readline())
        monkeypatch.setenv("PGAI_BASE_URL", made["url"])
        monkeypatch.setenv("PGAI_API_KEY", made["api_key"])
        assert len(lines(run("list")[0])) == 7
        run("list", status=1)
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=60) == 0
    run("sandbox", "--fault", '{"fault": "none such"}', status=2)
    run("sandbox", "--fault", "{", status=2)


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("command", [["list"], ["export", "--format", "ndjson"]])
def test_a_closed_pipe_ends_it_quietly(command):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, *command],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("limit", ["1", "50"])
def test_a_full_disk(limit):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "list", "--limit", limit],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == b"pgai: cannot write: No space left on device\n"


def test_ctrl_c(service, tmp_path):
    service.fault({"fault": "stall", "k": 0, "match": {"nth": 3}})
    path = tmp_path / "a.csv"
    child = subprocess.Popen([*COMMAND, "export", path], stderr=subprocess.PIPE)
    with child:
        while service.log()["counts"]["requests"] < 3:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        said = child.stderr.read().decode()
        assert child.wait(timeout=60) == 130
    assert "--resume goes on" in said and said.endswith("pgai: stopped\n")
    assert run("export", path, "--resume")[1] == f"pgai: 120 contacts in {path}\n"


def test_ctrl_c_during_a_create_tells_the_doubt(service):
    service.fault({"fault": "stall", "k": 0})
    command = [*COMMAND, "create", "--first-name", "A"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as child:
        while service.log()["counts"]["created"] < 1:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        said = child.stderr.read().decode()
        assert child.wait(timeout=60) == 130
    assert "may or may not have been created" in said


@pytest.mark.usefixtures("service")
def test_tables():
    wide = on_terminal("list", "--limit", 3, width=160)
    assert "\x1b[1m" in wide and "job_title" in wide and "page 1: 3 of 120" in wide
    ids = [contact["id"] for contact in lines(run("list", "--limit", 3)[0])]
    for width in (80, 40):
        shown = plain(on_terminal("list", "--limit", 3, width=width))
        assert max(map(len, shown.splitlines())) <= width
        shown = "".join(shown.replace("id  ", "").split())
        assert all(id in shown for id in ids)
        assert "phone" in on_terminal("get", ids[0], width=width)
        assert "rate_limit" in on_terminal("check", width=width)
    assert len(lines(on_terminal("list", "--json"))) == 50


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_plain_terminals(setting, tmp_path):
    assert "\x1b[1;3" not in on_terminal("list", **setting)
    if "TERM" in setting:
        assert "\x1b" not in on_terminal("list", **setting)
        assert "\x1b" not in on_terminal("export", tmp_path / "a.csv", **setting)


@pytest.mark.usefixtures("service")
def test_encodings():
    run("create", "--first-name", "北方")
    expected = run("list", "--page", 3)[0]
    for setting in ({"LANG": "C", "LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}):
        assert run("list", "--page", 3, **setting)[0] == expected
        assert "first_name" in on_terminal("list", "--page", 3, **setting)


@pytest.mark.usefixtures("service")
def test_nothing_steers_the_terminal():
    (made,) = lines(run("create", "--first-name", "\x1b]0;a\x07\x9b2J\u202e")[0])
    table = on_terminal("get", made["id"])
    assert r"\u001b]0;a\u0007\u009b2J\u202e" in "".join(plain(table).split())
    text = on_terminal("get", made["id"], "--json")
    assert not {"\x9b", "\u202e"} & set(text)
    (same,) = lines(text)
    assert same["first_name"] == made["first_name"]
    assert r"\u202e" in run("get", "a", "\u202e", status=3)[1]


def test_progress_on_a_terminal(service, tmp_path):
    service.fault({"fault": "latency", "ms": 300})
    shown = on_terminal("export", tmp_path / "a.csv", width=40)
    assert re.search(r"\d+ of 120 contacts", shown) and "\x1b[2K" in shown
    # Not between the contacts, where these go to the terminal.
    assert "\x1b" not in on_terminal("export", "--format", "csv")


def test_progress_elsewhere(monkeypatch, capsys):
    now = 0.0
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now)
    with _progress.meter() as meter:
        meter.on_progress(Progress("contacts", 50, 3000, 1, 1.0, 59.0))
        assert capsys.readouterr().err == ""
        now = 10.0
        meter.on_progress(Progress("contacts", 500, 3000, 10, 10.0, 3725.0))
        meter.on_progress(Progress("contacts", 550, 3000, 11, 11.0, 50.0))
    said = "pgai: 500 of 3,000 contacts, 50/s, 1 h 2 min left\n"
    assert capsys.readouterr() == ("", said)


def test_progress_tells_what_it_waits_for(service):
    service.fault({"fault": "rate_limited", "seconds": 2, "match": {"nth": 2}})
    said = []
    meter = _progress.Meter()
    meter.show = lambda: said.append(meter.line())
    with service.client(on_event=meter.on_event) as contacts:
        for _ in contacts.pages(prefetch=1):
            pass
    assert any("for the rate limit" in line for line in said)


def test_the_manual_page():
    import click

    page = run("man")[0]
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        [groff, "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=200n"],
        input=page.encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == b""
    lines = [line.strip() for line in done.stdout.decode().splitlines()]
    assert "pgai check --key-file ~/.config/pgai.key" in lines
    shown = " ".join(" ".join(lines).split())
    context = click.Context(_group.cli, info_name="pgai")
    commands = {name: _group.cli.get_command(context, name) for name in _group.COMMANDS}
    for name, command in {"": _group.cli, **commands}.items():
        assert f"pgai {name}".strip() in shown
        for paragraph in command.help.replace("\b\n", "").split("\n\n"):
            assert " ".join(paragraph.split()).rstrip(".") in shown
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[-1] in shown and (option.help or "") in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell):
    assert "_PGAI_COMPLETE" in run("completion", shell)[0]
    words = {"COMP_WORDS": "pgai sy", "COMP_CWORD": "1"}
    if shell == "fish":
        words["COMP_CWORD"] = "sy"
    assert "sync" in run(_PGAI_COMPLETE=f"{shell}_complete", **words)[0]
