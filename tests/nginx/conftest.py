"""What the tests inside nginx share. The sandbox comes with the Python module."""

import http.client
import json
import re

import pytest
from name_server import NameServer
from nginx import Nginx


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
    server = NameServer()
    yield server
    server.stop()


@pytest.fixture
def fetch():
    """Send a request to an nginx; the status and the body of the answer."""

    def fetch(nginx, path, method="GET", body=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=timeout)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    return fetch


def lua(source, **values):
    """A block of Lua for a configuration; `@name@` stands for a value, as a Lua literal."""
    return re.sub(r"@(\w+)@", lambda match: json.dumps(values[match[1]]), source)
