"""A walk against a service that takes 50 ms for each response: pages in flight.

The sandbox of `pgai.testing` runs in a thread of this process.
"""

import asyncio
import time

from ratio import print_table

from pgai.testing import Sandbox

PAGES = 400
ROUNDS = 3
PREFETCH = (1, 2, 4, 8, 16, 32)


def walk(contacts, prefetch):
    def run():
        if sum(len(page) for page in contacts.pages(prefetch=prefetch)) != PAGES * 50:
            raise RuntimeError("a page is not whole")

    return run


def walk_async(loop, contacts, prefetch):
    async def walk():
        return sum([len(page) async for page in contacts.pages(prefetch=prefetch)])

    def run():
        if loop.run_until_complete(walk()) != PAGES * 50:
            raise RuntimeError("a page is not whole")

    return run


def print_walks(title, make):
    entries = {f"prefetch {number}": make(number) for number in PREFETCH}
    full = f"walk, {title}: {PAGES} pages, 50 ms a response"
    print_table(full, "page", PAGES, entries, ROUNDS, time.perf_counter)


def main():
    slow = {"fault": "latency", "ms": 50}
    with Sandbox(contacts=PAGES * 50, rate_limit=0, faults=[slow]) as sandbox:
        contacts = sandbox.client(pace=False)
        print_walks("Python", lambda number: walk(contacts, number))
        loop = asyncio.new_event_loop()
        contacts = sandbox.async_client(pace=False)
        print_walks("asyncio", lambda number: walk_async(loop, contacts, number))
        loop.run_until_complete(contacts.aclose())
        loop.close()


main()
