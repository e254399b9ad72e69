"""From the bytes of pages to tables of Arrow and data frames, decoding included.

Compared with what people write without columns: dicts of each page, then a table of them.
"""

import gc
import json
import time

import msgspec
import pandas
import pgai_bench
import pyarrow
from ratio import print_table

import pgai

PAGES = 2000
CONTACTS = 50
PAGES_A_BATCH = 164  # 8,200 contacts, as in a walk
ROUNDS = 11

bodies = [pgai_bench.page_bytes(seed, CONTACTS) for seed in range(PAGES)]
batches = [
    bodies[first : first + PAGES_A_BATCH] for first in range(0, PAGES, PAGES_A_BATCH)
]


class Columns:
    """An array of Arrow that is made when it is read, as that of a stream is."""

    def __init__(self, bodies):
        self.bodies = bodies

    def __arrow_c_array__(self, requested_schema=None):
        return pgai_bench.columns(self.bodies)


def table_of(make):
    return pyarrow.Table.from_batches([pyarrow.record_batch(make(b)) for b in batches])


def table_of_dicts(decode):
    return pyarrow.Table.from_pylist([row for b in bodies for row in decode(b)["data"]])


def frame_of_contacts():
    contacts = (contact for body in bodies for contact in pgai_bench.decode(body))
    return pandas.DataFrame([contact.to_dict() for contact in contacts])


tables = {
    f"json.loads, pyarrow {pyarrow.__version__} from_pylist": lambda: table_of_dicts(
        json.loads
    ),
    f"msgspec {msgspec.__version__} to dicts, from_pylist": lambda: table_of_dicts(
        msgspec.json.decode
    ),
    f"pgai {pgai.__version__}, a stream": lambda: table_of(Columns),
    "pgai, batches() of asyncio": lambda: table_of(pgai_bench.batch),
}
frames = {
    f"pandas {pandas.__version__}, of to_dict()": frame_of_contacts,
    "pandas, DataFrame.from_arrow(pgai)": lambda: pandas.DataFrame.from_arrow(
        table_of(Columns)
    ),
}


def check():
    """All of them read the same."""
    first, *others = [make() for make in tables.values()]
    for other in others:
        assert other.select(first.column_names) == first
    first, other = [make() for make in frames.values()]
    assert other[list(first.columns)].equals(first)


check()
gc.collect()
gc.freeze()
for what, entries in {"tables of Arrow": tables, "data frames": frames}.items():
    print_table(
        f"python, {PAGES * CONTACTS:,} contacts to {what}",
        "contact",
        PAGES * CONTACTS,
        entries,
        ROUNDS,
        time.process_time,
    )
