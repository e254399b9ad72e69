"""From the bytes of a page to objects: `Contact` against what json and msgspec make."""

import gc
import json
import time

import msgspec
import peers
import pgai_bench
from ratio import print_table

# Enough different pages that no cache and no branch predictor knows them by heart.
PAGES = 300
CONTACTS = 50
ROUNDS = 31

bodies = [pgai_bench.page_bytes(seed, CONTACTS) for seed in range(PAGES)]


def each_body(decode):
    def run():
        for body in bodies:
            decode(body)

    return run


def check(body):
    """All of them read the same."""
    parsed = json.loads(body)["data"]
    assert len(parsed) == CONTACTS
    assert all(len(contact) == 11 for contact in parsed)
    assert [contact.to_dict() for contact in pgai_bench.decode(body)] == parsed
    assert [msgspec.structs.asdict(each) for each in peers.structs(body)] == parsed


for body in bodies:
    check(body)
gc.collect()
gc.freeze()
print_table(
    f"python, decode: {PAGES} pages of {CONTACTS} contacts",
    "contact",
    PAGES * CONTACTS,
    {
        "json.loads, dicts": each_body(json.loads),
        f"msgspec {msgspec.__version__}, Structs": each_body(peers.decode_page),
        "pgai, Contacts": each_body(pgai_bench.decode),
    },
    ROUNDS,
    time.thread_time,
)
