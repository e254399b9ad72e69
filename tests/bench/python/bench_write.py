"""Pages as CSV and JSON lines, against what csv and msgspec write of their objects."""

import csv
import gc
import io
import json
import time

import msgspec
import peers
import pgai_bench
from ratio import print_table

PAGES = 100
CONTACTS = 50
ROUNDS = 31

bodies = [pgai_bench.page_bytes(seed, CONTACTS) for seed in range(PAGES)]
structs = [peers.structs(body) for body in bodies]
pages = [pgai_bench.page(body) for body in bodies]
read_pages = [pgai_bench.decode(body) for body in bodies]
encode_lines = msgspec.json.Encoder().encode_lines


def csv_writer(contacts):
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(peers.names)
    write.writerows([[getattr(each, name) for name in peers.names] for each in contacts])
    return out.getvalue().encode()


def of_each(things, write):
    def run():
        for thing in things:
            write(thing)

    return run


def table(what, theirs, ours, read):
    """Print how long it takes from objects to text, and from a response's bytes on."""
    entries = {
        f"{theirs[0]}, from Structs": of_each(structs, theirs[1]),
        "pgai, from a Page": of_each(pages, ours),
        "pgai, from a Page that was read before": of_each(read_pages, ours),
    }
    whole = {
        f"msgspec and {theirs[0]}, from bytes": of_each(
            bodies, lambda body: theirs[1](peers.structs(body))
        ),
        "pgai, from bytes": of_each(bodies, lambda body: ours(pgai_bench.page(body))),
    }
    for mine, their in zip(pages, structs, strict=True):
        assert read(ours(mine)) == read(theirs[1](their))
    for some in (entries, whole):
        print_table(
            f"python, {what}: {PAGES} pages of {CONTACTS} contacts",
            "contact",
            PAGES * CONTACTS,
            some,
            ROUNDS,
            time.thread_time,
        )


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


gc.collect()
gc.freeze()
table("CSV", ("csv.writer", csv_writer), lambda page: page.to_csv(), bytes)
table(
    "JSON lines",
    ("msgspec.encode_lines", encode_lines),
    lambda page: page.to_ndjson(),
    lines,
)
