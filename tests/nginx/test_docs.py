"""What the documents show, run as it stands."""

import re

import pytest
from conftest import fetch
from nginx import LUA_MODULES, ROOT, USER, Nginx, listener

DOCUMENTS = ("README.md", "docs/tutorials/nginx.md")


def blocks(document):
    return re.findall(r"```nginx\n(.*?)```\n", document.read_text("utf-8"), re.S)


def shown(document):
    (block,) = blocks(ROOT / document)
    return block


def test_no_document_shows_more():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if blocks(page)] == [ROOT / each for each in DOCUMENTS]


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


def check(nginx, known, expected, statuses):
    """What it says of a contact, of nobody, and of ids that are none."""
    found, unknown, wrong = statuses
    try:
        assert fetch(nginx, f"/name/{known.id}") == (found, expected)
        assert fetch(nginx, "/name/nobody") == (unknown, "Contact not found\n")
        status, said = fetch(nginx, "/name/" + "x" * 300)
        assert (status, said[:3]) == (wrong, "id ")
        nothing = fetch(nginx, "/name/")
        assert nothing == (wrong, "id must be a string, not nil\n")
        assert "[error]" not in nginx.log()
    finally:
        nginx.stop()


def test_the_readme(tmp_path, pgai_sandbox, known, monkeypatch):
    modules = "".join(
        f"load_module /usr/lib/nginx/modules/{name}.so;\n"
        for name in ("ndk_http_module", "ngx_http_lua_module")
    )
    text = f"{modules}events {{}}\nhttp {{\n{shown('README.md')}}}\n"
    nginx = run(tmp_path, text, pgai_sandbox, monkeypatch)
    check(nginx, known, f"{known.first_name}\n", (200, 200, 200))


def test_the_tutorial(tmp_path, pgai_sandbox, known, monkeypatch):
    nginx = run(tmp_path, shown("docs/tutorials/nginx.md"), pgai_sandbox, monkeypatch)
    check(nginx, known, f"{known.first_name} {known.last_name}\n", (200, 404, 400))
