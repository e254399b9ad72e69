"""The site, served on a loopback address, and a browser: see scripts/docs --check."""

import functools
import http.server
import pathlib
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

SITE = pathlib.Path(__file__).parent.parent.parent / "build/site"
PAGES = sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html"))
# Without these it looks for hosts of its maker at every start.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def address():
    handler = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    program = shutil.which("chromium")
    assert program, "there is no chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def tab(request, browser, address):
    """A tab of some width and colours; what goes wrong in its pages fails the test."""
    width, colours = request.param
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        color_scheme=colours,
    )
    tab = context.new_page()
    tab.set_default_timeout(20_000)
    wrong = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    # Who leaves a page gives up what it was still loading.
    tab.on(
        "requestfailed",
        lambda request: (
            request.failure == "net::ERR_ABORTED" or wrong.append(request.url)
        ),
    )
    tab.on(
        "request",
        lambda request: (
            request.url.startswith((address, "data:"))
            or wrong.append(f"another host: {request.url}")
        ),
    )
    yield tab
    context.close()
    assert not wrong
