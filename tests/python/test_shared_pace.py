"""One allowance for all processes of a host, pace="shared", and of hosts, share."""

import asyncio
import contextlib
import datetime
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from conftest import ROOT

import pgai
from pgai.testing import Sandbox

LIMIT = 60
LIMITERS = ("sliding", "fixed", "fixed_first", "counter", "bucket")
CASES = [(limiter, kill) for limiter in LIMITERS for kill in (True, False)]

WORKER = """
import itertools, pgai, sys
with pgai.Contacts(
    pace="shared", share=float(sys.argv[1]), max_wait=None, deadline=None
) as contacts:
    for page in itertools.count(1):
        contacts.list(page=page % 20 + 1, limit=1)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "pgai"


@pytest.fixture
def service():
    with Sandbox(limiter="fixed", rate_limit=60) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def hurry(tmp_path_factory):
    library = tmp_path_factory.mktemp("hurry") / "hurry.so"
    source = ROOT / "tests" / "support" / "hurry.c"
    command = ["cc", "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", library, source]
    subprocess.run([*command, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


@contextlib.contextmanager
def sandbox(env, limiter):
    """A sandbox in a process of its own: its environment for clients."""
    code = """
        import sys, time
        from pgai.testing import Sandbox
        with Sandbox(limiter=sys.argv[1], rate_limit=int(sys.argv[2])) as sandbox:
            print(sandbox.url, flush=True)
            sys.stdin.read()
        """
    code = re.sub("^        ", "", code, flags=re.MULTILINE)
    command = [sys.executable, "-c", code, limiter, str(LIMIT)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=env, stdin=pipe, stdout=pipe, text=True
    ) as process:
        url = process.stdout.readline().strip()
        yield {"PGAI_BASE_URL": url, "PGAI_API_KEY": "sandbox_key"}
        process.stdin.close()


def log_of(env):
    url = env["PGAI_BASE_URL"].removesuffix("/v1") + "/__sandbox/log"
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def run_workers(envs, pages, *, share=1, kill=False):
    """Run a worker in each environment until the service has so many requests.

    Returns their statuses, and when they came.
    """

    def start(env):
        return subprocess.Popen([sys.executable, "-c", WORKER, str(share)], env=env)

    env = envs[0]
    workers = [start(env) for env in envs]
    try:
        killed = time.monotonic()
        while log_of(env)["counts"]["requests"] < pages:
            time.sleep(0.05)
            if kill and time.monotonic() - killed > 1:
                killed = time.monotonic()
                victim = workers.pop(0)
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                workers.append(start(env))
            assert all(worker.poll() is None for worker in workers)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    requests = log_of(env)["requests"][:pages]
    times = [request["time"] for request in requests]
    return [request["status"] for request in requests], times


def share_used(times):
    first, last = (datetime.datetime.fromisoformat(times[at]) for at in (0, -1))
    return len(times) * 60 / ((last - first).total_seconds() * LIMIT)


def pytest_generate_tests(metafunc):
    """A case takes seconds, so that one of each is enough by default."""
    long = metafunc.config.getoption("--long")
    for name, values in {"case": CASES, "limiter": LIMITERS}.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values if long else values[:1], ids=str)


def test_sixteen_processes_keep_to_one_rate_limit(folder, hurry, case):
    limiter, kill = case
    env = os.environ | hurry | {"PGAI_TEST_SPEED": "60"}
    with sandbox(env, limiter) as where:
        statuses, times = run_workers([env | where] * 16, 320, kill=kill)
    assert set(statuses) == {200}
    # Until the pacer knows a sliding counter, it uses about half of the rate limit.
    assert share_used(times) > (0.8 if limiter == "counter" else 0.9)


def test_eight_hosts_with_an_eighth_each(tmp_path, hurry, limiter, request):
    """Hosts here are processes that have no folder in common.

    A millisecond that a busy machine is late is 20 here: on a quiet one they use 87 %.
    """
    env = os.environ | hurry | {"PGAI_TEST_SPEED": "20"}
    with sandbox(env, limiter) as where:
        hosts = [
            env | where | {"XDG_RUNTIME_DIR": str(tmp_path / str(host))}
            for host in range(8)
        ]
        statuses, times = run_workers(hosts, 160, share=1 / 8)
    assert set(statuses) == {200}
    assert share_used(times) > (0.85 if request.config.getoption("--long") else 0.8)


def test_processes_agree_on_what_is_left(folder, service):
    show = """
        import pgai
        with pgai.Contacts(pace="shared") as contacts:
            print(contacts.rate_limit.remaining)
        """
    with service.client(pace="shared") as contacts:
        contacts.list(limit=1)
        assert contacts.with_options(pace="shared").rate_limit.remaining == 59
        assert contacts.with_options(pace=True).rate_limit is None
        env = os.environ | {
            "PGAI_BASE_URL": service.url,
            "PGAI_API_KEY": "sandbox_key",
        }
        code = re.sub("^        ", "", show, flags=re.MULTILINE)
        said = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True
        )
        assert said.stdout == "59\n", said.stderr
        child = os.fork()
        if child == 0:
            contacts.list(limit=1)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert contacts.rate_limit.remaining == 58
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"sandbox_key" not in file.read_bytes()


def test_it_goes_on_with_a_damaged_file_and_says_so(folder, service, monkeypatch, capfd):
    monkeypatch.setenv("PGAI_LOG", "warning")
    with service.client(pace="shared") as contacts:
        contacts.list(limit=1)
        (file,) = folder.iterdir()
        file.write_bytes(b"nonsense")
        contacts.list(limit=1)
        assert contacts.rate_limit.remaining == 58
    assert capfd.readouterr().err.count("was damaged") == 1


def test_async_clients_share_it_too(folder, service):

    async def ask():
        async with service.async_client(pace="shared") as contacts:
            await contacts.list(limit=1)

    asyncio.run(ask())
    with service.client(pace="shared") as contacts:
        assert contacts.rate_limit.remaining == 59


def test_a_file_that_others_may_write_is_refused(folder, pgai_sandbox):
    with pgai_sandbox.client(pace="shared"):
        (file,) = folder.iterdir()
    file.chmod(0o660)
    with pytest.raises(pgai.UsageError, match="others may write to it; set XDG"):
        pgai_sandbox.client(pace="shared")
