"""A walk against a service that takes 50 ms for each response: pages in flight.

The sandbox of `pgai.testing` runs in a thread of this process.
"""

import time

from ratio import print_table

from pgai.testing import Sandbox

PAGES = 400
ROUNDS = 3


def walk(contacts, prefetch):
    def run():
        if sum(len(page) for page in contacts.pages(prefetch=prefetch)) != PAGES * 50:
            raise RuntimeError("a page is not whole")

    return run


def main():
    slow = {"fault": "latency", "ms": 50}
    with Sandbox(contacts=PAGES * 50, rate_limit=0, faults=[slow]) as sandbox:
        contacts = sandbox.client(pace=False)
        entries = {
            f"prefetch {prefetch}": walk(contacts, prefetch)
            for prefetch in (1, 2, 4, 8, 16, 32)
        }
        title = "walk: 400 pages, 50 ms a response"
        print_table(title, "page", PAGES, entries, ROUNDS, time.perf_counter)


main()
