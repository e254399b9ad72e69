"""What a person meets, at two widths, in the light and in the dark."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PAGES

# One of each kind. All others are made of the same parts.
KINDS = (
    "index.html",
    "tutorials/python.html",
    "tutorials/nginx.html",
    "options.html",
    "benchmarks.html",
    "many-workers.html",
    "design/README.html",
    "reference/index.html",
    "reference/pgai.html",
    "reference/c-client.html",
    "reference/lua.html",
    "reference/command.html",
    "genindex.html",
    "search.html",
)


@pytest.mark.parametrize("page", KINDS)
def test_accessible(tab, page):
    tab.goto(page)
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


def test_nothing_sticks_out(tab):
    wide = []
    for page in PAGES:
        tab.goto(page)
        if tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(page)
    assert not wide


def focused(tab):
    return tab.evaluate("document.activeElement.outerHTML.split('>')[0]")


def test_keyboard(tab):
    """The first stop leads to the content; links, search and colours can be reached."""
    tab.goto("walks.html")
    seen = []
    for _ in range(200):
        tab.keyboard.press("Tab")
        seen.append(focused(tab))
        if "theme-toggle" in seen[-1] and "errors.html" in "".join(seen):
            break
    assert "skip-to-content" in seen[0]
    narrow = tab.viewport_size["width"] < 1000
    reached = ["theme-toggle"] if narrow else ["theme-toggle", "<input", "errors.html"]
    assert all(any(part in each for each in seen) for part in reached), seen
    tab.goto("walks.html")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('article') != null"), focused(tab)


@pytest.mark.parametrize(
    "words, page",
    [
        ("get_many", "reference/pgai.html"),
        ("pgai_pager_cursor", "reference/c-client.html"),
        ("proxy", "proxy.html"),
        ("without a sign", "walks.html"),
    ],
)
def test_search(tab, words, page):
    tab.goto(f"search.html?q={words}")
    link = tab.locator(f"ul.search a[href*='{page}']").first
    link.wait_for()
    link.click()
    assert re.search(page, tab.url)
