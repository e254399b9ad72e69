"""Long walks are as fast as short ones: pages a second, with eight in flight.

The sandbox of `pgai.testing` runs in a thread of this process.
"""

import time
from statistics import median

from ratio import print_rows

from pgai.testing import Sandbox

CONTACTS = 50
LENGTHS = (100, 1000, 20_000)
ROUNDS = 3


def seconds_a_page(contacts, pages, start):
    begun = time.perf_counter()
    walked = sum(1 for _ in contacts.pages(prefetch=8, start=start, count=pages))
    if walked != pages:
        raise RuntimeError("the walk is not whole")
    return (time.perf_counter() - begun) / pages


def main():
    with Sandbox(contacts=LENGTHS[-1] * CONTACTS, rate_limit=0) as sandbox:
        contacts = sandbox.client(pace=False)
        times = {pages: [] for pages in LENGTHS}
        for _ in range(ROUNDS):
            for pages, seconds in times.items():
                # Short ones all over the list: the first pages are in the caches of the
                # service's processor, when they are asked for again and again.
                starts = range(1, LENGTHS[-1], max(pages, LENGTHS[-1] // 20))
                seconds += [seconds_a_page(contacts, pages, start) for start in starts]
        rows = {f"{pages} pages": median(of) * 1e9 for pages, of in times.items()}
        print_rows("walk, Python: lengths", "ns/page", rows)


main()
