"""A worker that looks contacts up all day keeps neither memory nor connections."""

import pathlib

from conftest import client, location, say

# Look-ups in one request, and how many of these; KiB by which memory may differ.
BATCH = 50
REQUESTS = 2_000
LUA_SLACK = 128
RESIDENT_SLACK = 1024

LOOK_UP = f"""
    for i = 1, {BATCH} do contacts:get(ngx.var.arg_id) end
    collectgarbage() collectgarbage()
    ngx.say(collectgarbage("count"))
"""


def resident(pid):
    """KiB of memory that a process has."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def test_look_ups_leave_nothing_behind(start, pgai_sandbox):
    with pgai_sandbox.client() as contacts:
        found = contacts.list(limit=1)[0].id
    before = pgai_sandbox.log()["counts"]
    nginx = start(server=location("/", client(pgai_sandbox.url) + LOOK_UP))
    (worker,) = nginx.workers()

    def look_up(times):
        for _ in range(times):
            held = float(say(nginx, f"/?id={found}"))
        return held, resident(worker)

    # What is loaded and compiled once is in place after a part of them.
    held, size = look_up(REQUESTS // 4)
    later, bigger = look_up(REQUESTS - REQUESTS // 4)
    assert later < held + LUA_SLACK
    assert bigger < size + RESIDENT_SLACK
    counts = pgai_sandbox.log()["counts"]
    assert counts["requests"] - before["requests"] == REQUESTS * BATCH
    assert counts["connections"] - before["connections"] == 1
