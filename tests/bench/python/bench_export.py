"""An export to a file against the walk alone: CPU time of the thread that asks for it.

The service is another process, found by $PGAI_BASE_URL and $PGAI_API_KEY.
"""

import contextlib
import pathlib
import tempfile
import time
from collections import deque

from ratio import print_table

import pgai
from pgai.bulk import export

ROUNDS = 15

folder = pathlib.Path(tempfile.mkdtemp())
contacts = pgai.Contacts(pace=False)
total = contacts.list(limit=1).total


def drain(walk):
    deque(walk, maxlen=0)


with contextlib.closing(contacts):
    print_table(
        f"python, export of {total:,} contacts over loopback",
        "contact",
        total,
        {
            "a walk over contacts": lambda: drain(contacts),
            "a walk over pages": lambda: drain(contacts.pages()),
            "export to CSV": lambda: export(contacts, folder / "a.csv", force=True),
            "export to JSON lines": lambda: export(
                contacts, folder / "a.ndjson", force=True
            ),
        },
        ROUNDS,
        time.thread_time,
    )
