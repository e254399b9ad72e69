"""Look-ups inside nginx, with one worker: how many a second, and how long others wait.

The service is another process, found by $PGAI_BASE_URL and $PGAI_API_KEY, and `load`, the
program that asks, by $PGAI_LOAD. $PGAI_RESTY_HTTP is the folder of lua-resty-http and of
what it needs, where that is to be compared.
"""

import contextlib
import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from statistics import median

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "python"), str(HERE.parent.parent / "nginx")]

from nginx import Nginx  # noqa: E402
from ratio import print_rows  # noqa: E402

CONNECTIONS = 32
REQUESTS = 10_000
ROUNDS = 21
SLOW = 20
SLOW_MS = 250
PROBES = 500

url = os.environ["PGAI_BASE_URL"]
key = os.environ["PGAI_API_KEY"]
resty = os.environ.get("PGAI_RESTY_HTTP")
names = ["by_hand", "resty", "pgai", "cached", "slow", "constant"]


def ask_sandbox(path, body=None):
    root = url.rpartition("/v1")[0]
    path = path if path.startswith("/v1") else "/__sandbox" + path
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(root + path, data, {"x-api-key": key})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def start(folder):
    locations = "".join(
        f"location = /{name} {{ content_by_lua_block {{"
        f' require("lookups").{name}() }} }}\n'
        for name in names
    )
    return Nginx(
        folder,
        main="env PGAI_BASE_URL; env PGAI_API_KEY;",
        http="lua_shared_dict cache 10m; lua_shared_dict constant 1m;"
        "keepalive_requests 10000000; lua_code_cache on;",
        server=locations,
        lua_path=f"{HERE}/?.lua;" + (f"{resty}/?.lua;" if resty else ""),
    )


def rates(nginx, paths):
    """The median of how many responses a second each path gives, in shuffled turns."""
    seen = {name: [] for name in paths}
    order = list(paths)
    shuffle = random.Random(1).shuffle
    for _ in range(ROUNDS):
        shuffle(order)
        for name in order:
            command = [os.environ["PGAI_LOAD"], nginx.port, paths[name]]
            command += [REQUESTS, CONNECTIONS]
            said = subprocess.check_output([str(word) for word in command])
            seen[name].append(float(said))
    return {name: median(values) for name, values in seen.items()}


def probe(connection):
    begun = time.perf_counter()
    connection.request("GET", "/constant")
    connection.getresponse().read()
    return (time.perf_counter() - begun) * 1e6


def connect(nginx):
    return contextlib.closing(http.client.HTTPConnection("127.0.0.1", nginx.port))


def probe_while_busy(nginx, connection):
    """Probe as long as slow look-ups are under way."""
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(nginx)) for _ in range(SLOW)]
        for each in slow:
            each.request("GET", "/slow")
        ends = time.perf_counter() + SLOW_MS / 1000
        seen = []
        while time.perf_counter() < ends:
            seen.append(probe(connection))
        for each in slow:
            if each.getresponse().read() == b"":
                raise RuntimeError("a slow look-up failed")
        return seen


def responsiveness(nginx):
    """Latencies in microseconds of a location, alone and beside look-ups."""
    ask_sandbox(
        "/faults",
        {"fault": "latency", "ms": SLOW_MS, "match": {"path": "/v1/contacts"}},
    )
    alone, busy = [], []
    with connect(nginx) as connection:
        for _ in range(ROUNDS):
            alone += [probe(connection) for _ in range(PROBES)]
            busy += probe_while_busy(nginx, connection)
    return alone, busy


with tempfile.TemporaryDirectory() as folder:
    contact = ask_sandbox("/v1/contacts?limit=1")["data"][0]["id"]
    nginx = start(folder)
    try:
        uncached = {
            "a cosocket by hand and cjson": f"/by_hand?id={contact}",
            "pgai": f"/pgai?id={contact}",
        }
        if resty:
            uncached["lua-resty-http and cjson"] = f"/resty?id={contact}"
        print_rows(
            "nginx: one contact over loopback, to a table",
            "/s",
            rates(nginx, uncached),
        )
        cached = {
            "a constant from a shared dict": "/constant",
            "pgai, cached": f"/cached?id={contact}",
        }
        print_rows("nginx: one contact, kept", "/s", rates(nginx, cached))
        alone, busy = responsiveness(nginx)
        rows = {
            "nothing else": median(alone),
            f"{SLOW} look-ups of {SLOW_MS} ms": median(busy),
        }
        print_rows("nginx: another location while contacts are looked up", "µs", rows)
        print_rows(
            "nginx: the same, longest", "µs", {"alone": max(alone), "busy": max(busy)}
        )
    finally:
        nginx.stop()
