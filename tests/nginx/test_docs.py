"""What the documents show, run as it stands."""

import re

import pytest
from conftest import fetch
from nginx import LUA_MODULES, ROOT, USER, Nginx, listener


def shown(document):
    (block,) = re.findall(
        r"```nginx\n(.*?)```\n", (ROOT / document).read_text("utf-8"), re.S
    )
    return block


def run(tmp_path, text, sandbox, monkeypatch):
    monkeypatch.setenv("PGAI_API_KEY", sandbox.api_key)
    monkeypatch.setenv("PGAI_BASE_URL", sandbox.url)
    taken = listener()
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{taken.getsockname()[1]}")
    paths = f"""
        lua_package_path "{ROOT}/lua/?.lua;{ROOT}/lua/?/init.lua;;";
        lua_package_cpath "{LUA_MODULES}/?.so;;";
        access_log off; client_body_temp_path t; proxy_temp_path t;
        fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;"""
    text = text.replace("http {", "http {" + paths, 1)
    return Nginx.of(
        tmp_path / "nginx", "daemon off; pid nginx.pid;\n" + USER + text, taken
    )


@pytest.fixture
def known(pgai_sandbox):
    with pgai_sandbox.client() as contacts:
        return contacts.list(limit=1)[0]


def check(nginx, known, expected):
    try:
        assert fetch(nginx, f"/name/{known.id}") == (200, expected)
        status, said = fetch(nginx, "/name/nobody")
        assert said == "Contact not found\n"
        return status
    finally:
        nginx.stop()


def test_the_readme(tmp_path, pgai_sandbox, known, monkeypatch):
    modules = "".join(
        f"load_module /usr/lib/nginx/modules/{name}.so;\n"
        for name in ("ndk_http_module", "ngx_http_lua_module")
    )
    text = f"{modules}events {{}}\nhttp {{\n{shown('README.md')}}}\n"
    nginx = run(tmp_path, text, pgai_sandbox, monkeypatch)
    check(nginx, known, f"{known.first_name}\n")


def test_the_page_on_nginx(tmp_path, pgai_sandbox, known, monkeypatch):
    nginx = run(tmp_path, shown("docs/nginx.md"), pgai_sandbox, monkeypatch)
    assert check(nginx, known, f"{known.first_name} {known.last_name}\n") == 404
