"""What a hostile body costs a worker."""

import json
import pathlib

import pytest
from conftest import client, location, say

TABLE = json.loads(
    (pathlib.Path(__file__).parent.parent / "support/hostile_bodies.json").read_text()
)


def peak_kib(nginx):
    (worker,) = nginx.workers()
    status = pathlib.Path(f"/proc/{worker}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


@pytest.mark.parametrize("operation", ["list()", 'get("c1")'])
@pytest.mark.parametrize("cached", [False, True])
def test_no_body_costs_more_than_it_may(start, pgai_sandbox, operation, cached):
    options = {"max_attempts": 1, "pace": "false"}
    if cached:
        options["cache"] = 'require("pgai.cache").shared("cache")'
    code = (
        client(pgai_sandbox.url, **options)
        + f"""
        local found, err = contacts:safe():{operation}
        ngx.say(found and "found" or err.kind)
    """
    )
    for rule in TABLE["rules"]:
        # Each in a worker that is new, since memory is not given back.
        nginx = start(http="lua_shared_dict cache 1m;", server=location("/", code))
        pgai_sandbox.reset()
        say(nginx)
        usual = peak_kib(nginx)
        pgai_sandbox.fault(rule)
        say(nginx)
        assert peak_kib(nginx) - usual <= TABLE["most_kib"], rule
        nginx.stop()
