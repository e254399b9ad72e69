"""The conformance table inside nginx: each request and response crosses a connection."""

import contextlib
import pathlib

import pytest
from conftest import fetch
from nginx import ROOT, Nginx
from table_server import FILES, TableServer, reaches, read_rows, requests_of

HERE = pathlib.Path(__file__).parent
ROWS = [
    pytest.param(name, number, row, id=f"{name}: {row['name']}")
    for name in FILES
    for number, row in enumerate(read_rows(name), 1)
]
PLAY = """
location / { content_by_lua_block {
    local good, why = require("wire")(ngx.var.arg_file, tonumber(ngx.var.arg_row),
        tonumber(ngx.var.arg_port))
    ngx.print(good and "good" or tostring(why))
} }
"""


@pytest.fixture(scope="module")
def server():
    with contextlib.closing(TableServer()) as server:
        yield server


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    folder = tmp_path_factory.mktemp("table")
    nginx = Nginx(folder, server=PLAY, lua_path=f"{HERE}/?.lua;{ROOT}/tests/lua/?.lua;")
    yield nginx
    nginx.stop()


@pytest.mark.parametrize(("name", "number", "row"), ROWS)
def test_row(nginx, server, name, number, row):
    server.begin(row)
    path = f"/?file={name}&row={number}&port={server.port}"
    assert fetch(nginx, path) == (200, "good")
    assert not server.wrong
    assert server.served == sum(map(reaches, requests_of(row)))
