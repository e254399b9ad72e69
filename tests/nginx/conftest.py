"""What the tests inside nginx share. The sandbox comes with the Python module."""

import contextlib
import http.client
import json
import pathlib
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).parent.parent / "support"))
from name_server import NameServer
from nginx import Nginx

from pgai.testing import Sandbox


@pytest.fixture
def start(tmp_path):
    """Start an nginx that is stopped, and whose log is looked through, at the end."""
    started = []

    def start(**options):
        started.append(Nginx(tmp_path / f"nginx{len(started)}", **options))
        return started[-1]

    yield start
    for nginx in started:
        nginx.stop()


@pytest.fixture
def name_server():
    with contextlib.closing(NameServer()) as server:
        yield server


def fetch(nginx, path, method="GET", body=None, timeout=30):
    """Send a request to an nginx; the status and the text of the response."""
    connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=timeout)
    with contextlib.closing(connection):
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.read().decode()


def say(nginx, path="/", **options):
    """What a location said, when all went well."""
    status, text = fetch(nginx, path, **options)
    assert status == 200, nginx.log()
    return text.rstrip("\n")


def refused(start, **options):
    """The log of an nginx that does not start with these options."""
    with pytest.raises(AssertionError) as told:
        start(**options)
    return str(told.value)


def location(path, code, phase="content", more=""):
    return f"location {path} {{ {more} {phase}_by_lua_block {{ {code} }} }}\n"


def client(url, **options):
    """Lua that makes a client, as the local `contacts`; options are Lua expressions."""
    given = {"api_key": '"sandbox_key"', "base_url": json.dumps(url), **options}
    text = ", ".join(f"{name} = {value}" for name, value in given.items())
    return f'local pgai = require("pgai") local contacts = pgai.contacts{{ {text} }}\n'


@pytest.fixture
def pgai_sandbox_with():
    """Start sandboxes with options of a test's choice."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(Sandbox(**options))
