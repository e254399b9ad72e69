"""From the bytes of a page to objects: `Contact` against what json and msgspec make.

A `Contact` makes text when it is read, so pages whose fields are read are measured, too.
"""

import gc
import json
import time

import msgspec
import peers
import pgai_bench
from ratio import print_table

import pgai

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


def read_three(contact):
    contact.id, contact.first_name, contact.email  # noqa: B018


def read_all(contact):
    contact.id, contact.first_name, contact.last_name, contact.email  # noqa: B018
    contact.job_title, contact.company, contact.linkedin_url  # noqa: B018
    contact.location, contact.phone, contact.created_at, contact.updated_at  # noqa: B018


def each_contact(decode, use):
    def run():
        for body in bodies:
            for contact in decode(body):
                use(contact)

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
READ = {
    "three fields read": (
        each_contact(peers.structs, read_three),
        each_contact(pgai_bench.decode, read_three),
    ),
    "every field read": (
        each_contact(peers.structs, read_all),
        each_contact(pgai_bench.decode, read_all),
    ),
    "dicts made": (
        each_body(msgspec.json.decode),
        each_contact(pgai_bench.decode, pgai.Contact.to_dict),
    ),
}
for what, (msgspec_reads, pgai_reads) in READ.items():
    print_table(
        f"python, decode: {what}",
        "contact",
        PAGES * CONTACTS,
        {"msgspec": msgspec_reads, "pgai": pgai_reads},
        ROUNDS,
        time.thread_time,
    )
