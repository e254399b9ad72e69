"""Keep a SQLite table of all contacts up to date: python sync_to_sqlite.py FILE.

A run that is stopped, by Ctrl-C or a failure, goes on where it was when started again.
With tqdm installed there is a progress bar. The key is in $PGAI_API_KEY.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from typing import TYPE_CHECKING

import pgai

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = """
CREATE TABLE IF NOT EXISTS contacts (
    id TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, company TEXT,
    json TEXT NOT NULL, run INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS progress (
    one INTEGER PRIMARY KEY CHECK (one = 1), run INTEGER NOT NULL, cursor TEXT
);
INSERT OR IGNORE INTO progress VALUES (1, 1, NULL);
"""


def with_progress(walk: pgai.PageIterator) -> Iterator[pgai.Page]:
    """Yield the pages of a walk, and show how far it is where tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        yield from walk
        return
    with tqdm(unit=" contacts") as bar:
        for page in walk:
            bar.total = walk.stats.total
            yield page
            bar.update(len(page))


def store(database: sqlite3.Connection, page: pgai.Page, run: int, cursor: str) -> None:
    """Write a page and where the walk stands after it, both or neither."""
    rows = [
        (c.id, c.first_name, c.last_name, c.email, c.company, c.raw, run) for c in page
    ]
    with database:
        database.executemany("REPLACE INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        database.execute("UPDATE progress SET cursor = ?", (cursor,))


def sync(database: sqlite3.Connection, contacts: pgai.Contacts) -> int:
    """Bring the table up to date, and return how many contacts it holds."""
    database.executescript(SCHEMA)
    run, cursor = database.execute("SELECT run, cursor FROM progress").fetchone()
    walk = contacts.pages(cursor=cursor)
    for page in with_progress(walk):
        store(database, page, run, walk.cursor)
    with database:
        # What this run has not seen is no longer there.
        database.execute("DELETE FROM contacts WHERE run <> ?", (run,))
        database.execute("UPDATE progress SET run = run + 1, cursor = NULL")
    (count,) = database.execute("SELECT count(*) FROM contacts").fetchone()
    return int(count)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with contextlib.closing(sqlite3.connect(sys.argv[1])) as database:
        try:
            with pgai.Contacts() as contacts:
                print(sync(database, contacts), "contacts")
        except (pgai.Error, KeyboardInterrupt) as error:
            print(f"stopped, start it again to go on: {error!r}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
