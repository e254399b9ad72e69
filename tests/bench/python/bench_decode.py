"""From the bytes of a page to objects: `Contact` against what json and msgspec make.

A `Contact` makes text when it is read, so pages whose fields are read are measured, too.
There are two kinds of pages: those of the sandbox, found by $PGAI_BASE_URL, and made-up
ones of ASCII text.
"""

import gc
import json
import os
import time
import urllib.request

import msgspec
import peers
import pgai_bench
from ratio import print_table

import pgai

# Enough different pages that no cache and no branch predictor knows them by heart.
PAGES = 300
CONTACTS = 50
# So few that the caches hold them, as they hold a page that was just read.
FEW = 8
ROUNDS = 31
AGAIN = 1000


def sandbox_page(number):
    url = f"{os.environ['PGAI_BASE_URL']}/contacts?page={number}&limit={CONTACTS}"
    headers = {"x-api-key": os.environ["PGAI_API_KEY"]}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return response.read()


def each_body(decode, bodies):
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


def read_again(contact):
    """Read one field ten times a round: the loop costs little beside it."""

    def run():
        for _ in range(AGAIN):
            contact.email, contact.email, contact.email, contact.email  # noqa: B018
            contact.email, contact.email, contact.email  # noqa: B018
            contact.email, contact.email, contact.email  # noqa: B018

    return run


def each_contact(decode, use, bodies):
    def run():
        for body in bodies:
            for contact in decode(body):
                use(contact)

    return run


def each_kept(contacts, use):
    def run():
        for contact in contacts:
            use(contact)

    return run


def check(body):
    """All of them read the same."""
    parsed = json.loads(body)["data"]
    assert len(parsed) == CONTACTS
    assert [contact.to_dict() for contact in pgai_bench.decode(body)] == parsed
    for struct, contact in zip(peers.structs(body), parsed, strict=True):
        assert {name: getattr(struct, name) for name in contact} == contact


def compare(title, unit, units, entries):
    print_table(f"python, {title}", unit, units, entries, ROUNDS, time.thread_time)


def measure_pages(kind, bodies):
    contacts = PAGES * CONTACTS
    structs = [struct for body in bodies for struct in peers.structs(body)]
    kept = [contact for body in bodies for contact in pgai_bench.decode(body)]
    few = bodies[:FEW]
    parsed = [pgai_bench.parse(body) for body in few]
    gc.collect()
    gc.freeze()
    compare(
        f"decode, {kind}: {PAGES} pages of {CONTACTS} contacts",
        "contact",
        contacts,
        {
            f"msgspec {msgspec.__version__}, Structs": each_body(peers.structs, bodies),
            "pgai, Contacts": each_body(pgai_bench.decode, bodies),
            "json.loads, dicts": each_body(json.loads, bodies),
        },
    )
    for what, use in {
        "three fields read": read_three,
        "every field read": read_all,
    }.items():
        compare(
            f"decode, {kind}, {what}",
            "contact",
            contacts,
            {
                "msgspec": each_contact(peers.structs, use, bodies),
                "pgai": each_contact(pgai_bench.decode, use, bodies),
            },
        )
    compare(
        f"decode, {kind}, dicts made",
        "contact",
        contacts,
        {
            "msgspec": each_body(msgspec.json.decode, bodies),
            "pgai": each_contact(pgai_bench.decode, pgai.Contact.to_dict, bodies),
        },
    )
    compare(
        f"dicts made of contacts that were kept, {kind}",
        "contact",
        contacts,
        {
            "msgspec.to_builtins": each_kept(structs, msgspec.to_builtins),
            "pgai, to_dict": each_kept(kept, pgai.Contact.to_dict),
        },
    )
    compare(
        f"the time that the GIL is held, {kind}",
        "page",
        FEW,
        {
            "msgspec": each_body(peers.structs, few),
            "pgai": each_body(pgai_bench.objects, parsed),
        },
    )
    compare(
        f"one field read again, {kind}",
        "read",
        AGAIN * 10,
        {"msgspec": read_again(structs[0]), "pgai": read_again(kept[0])},
    )


for kind, bodies in (
    ("sandbox", [sandbox_page(number) for number in range(1, PAGES + 1)]),
    ("ASCII", [pgai_bench.page_bytes(seed, CONTACTS) for seed in range(PAGES)]),
):
    for body in bodies:
        check(body)
    measure_pages(kind, bodies)
