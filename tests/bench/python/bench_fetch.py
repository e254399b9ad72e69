"""Pages over loopback, one after the other: CPU time of this process, user and system.

The service is another process, found by $PGAI_BASE_URL and $PGAI_API_KEY.
"""

import gc
import io
import os
import time

import httpx
import msgspec
import peers
import pgai_bench
import pycurl
import requests
from ratio import print_table

import pgai

PAGES = 20
CONTACTS = 50
ROUNDS = 151

url = os.environ["PGAI_BASE_URL"] + "/contacts"
headers = {"x-api-key": os.environ["PGAI_API_KEY"]}


def each_page(fetch):
    def run():
        for number in range(1, PAGES + 1):
            if fetch(number) != CONTACTS:
                raise RuntimeError("a page is not whole")

    return run


def bare():
    loop = pgai_bench.bare_new(os.environ["PGAI_BASE_URL"], os.environ["PGAI_API_KEY"])
    return lambda: pgai_bench.bare_fetch(loop, PAGES)


def with_pgai():
    contacts = pgai.Contacts()
    return lambda number: len(tuple(contacts.list(page=number, limit=CONTACTS)))


def with_pycurl():
    curl = pycurl.Curl()
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {headers[name]}" for name in headers])
    curl.setopt(pycurl.NOSIGNAL, 1)

    def fetch(number):
        body = io.BytesIO()
        curl.setopt(pycurl.URL, f"{url}?page={number}&limit={CONTACTS}")
        curl.setopt(pycurl.WRITEDATA, body)
        curl.perform()
        return len(peers.structs(body.getvalue()))

    return fetch


def with_session(session):
    """Return how a requests.Session or an httpx.Client fetches a page."""
    session.headers.update(headers)

    def fetch(number):
        response = session.get(url, params={"page": number, "limit": CONTACTS})
        return len(response.json()["data"])

    return fetch


entries = {
    "one libcurl handle in C, no decoding": bare(),
    f"pgai {pgai.__version__}, contacts.list()": each_page(with_pgai()),
    f"pycurl {pycurl.version_info()[1]} + msgspec {msgspec.__version__}": each_page(
        with_pycurl()
    ),
    f"requests {requests.__version__}, json()": each_page(
        with_session(requests.Session())
    ),
    f"httpx {httpx.__version__}, json()": each_page(with_session(httpx.Client())),
}
for run in entries.values():
    run()
gc.collect()
gc.freeze()
bare_loop, *others = print_table(
    "python, fetch: pages of 50 contacts over loopback",
    "page",
    PAGES,
    entries,
    ROUNDS,
    time.process_time,
).items()
print("  microseconds a page above the bare loop:")
for name, nanoseconds in others:
    print(f"  {name:<44} {(nanoseconds - bare_loop[1]) / 1000:9.1f}")
