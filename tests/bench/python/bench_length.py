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


def seconds_a_page(contacts, pages):
    begun = time.perf_counter()
    walked = sum(1 for _ in contacts.pages(prefetch=8, count=pages))
    if walked != pages:
        raise RuntimeError("the walk is not whole")
    return (time.perf_counter() - begun) / pages


def main():
    with Sandbox(contacts=LENGTHS[-1] * CONTACTS, rate_limit=0) as sandbox:
        contacts = sandbox.client(pace=False)
        times = {pages: [] for pages in LENGTHS}
        for _ in range(ROUNDS):
            for pages, seconds in times.items():
                # So that each length has about as many pages to be measured with.
                few = max(1, 2000 // pages)
                seconds += [seconds_a_page(contacts, pages) for _ in range(few)]
        rows = {f"{pages} pages": median(of) * 1e9 for pages, of in times.items()}
        print_rows("walk, Python: lengths", "ns/page", rows)


main()
