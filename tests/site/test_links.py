"""Every link of the site leads to a page, and to a place on it, that is there."""

import functools
import html.parser
import urllib.parse

import pytest
from conftest import PAGES, SITE


class Reader(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links = []
        self.places = {""}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.places.add(given.get("id"))
        self.links += [given[name] for name in ("href", "src") if given.get(name)]


@functools.cache
def read(path):
    return Reader(path.read_text("utf-8"))


def test_there_are_pages():
    assert len(PAGES) > 60


@pytest.mark.parametrize("page", PAGES)
def test_links(page):
    links = read(SITE / page).links
    assert links
    for link in links:
        parts = urllib.parse.urlsplit(link)
        if parts.scheme not in ("https", "data"):
            assert not parts.scheme, link
            there = urllib.parse.unquote(parts.path)
            target = (SITE / page).parent / there if there else SITE / page
            assert target.is_file(), link
            if target.suffix == ".html" and parts.fragment not in ("", "searchbox"):
                assert urllib.parse.unquote(parts.fragment) in read(target).places, link
