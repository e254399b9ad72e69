"""Keep a SQLite table of all contacts up to date: python sync_to_sqlite.py FILE.

If a run is stopped, by Ctrl-C or a failure, start it again to continue. A row is removed
only if the service says that its contact is gone. The exit status is 3 when contacts may
be missing. With tqdm installed there is a progress bar. The key is in
$PGAI_API_KEY.
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
    """Yield the pages of a walk, and show its progress if tqdm is installed."""
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
        (c.id, c.first_name, c.last_name, c.email, c.company, c.raw, run)
        for c in page
        if c.id is not None
    ]
    with database:
        database.executemany("REPLACE INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        database.execute("UPDATE progress SET cursor = ?", (cursor,))


def fetch(database: sqlite3.Connection, contacts: pgai.Contacts, run: int) -> str | None:
    """Store all contacts, and return why some may be missing; None: none is."""
    (cursor,) = database.execute("SELECT cursor FROM progress").fetchone()
    walk = contacts.pages(cursor=cursor, strict=True)
    try:
        for page in with_progress(walk):
            store(database, page, run, walk.cursor)
    except pgai.IncompleteError as error:
        # What else there is, as far as a walk without proof finds it.
        proven = walk.cursor
        for page in contacts.pages(cursor=proven):
            store(database, page, run, proven)
        return error.message
    return None


def remove_gone(database: sqlite3.Connection, contacts: pgai.Contacts, run: int) -> None:
    """Remove contacts that this run has not seen, if the service says they are gone."""
    unseen = database.execute("SELECT id FROM contacts WHERE run <> ?", (run,))
    ids = [contact_id for (contact_id,) in unseen]
    for contact_id, contact in zip(ids, contacts.get_many(ids), strict=True):
        if contact is None:
            with database:
                database.execute("DELETE FROM contacts WHERE id = ?", (contact_id,))


def sync(database: sqlite3.Connection, contacts: pgai.Contacts) -> str | None:
    """Bring the table up to date, and return why contacts may be missing in it."""
    database.executescript(SCHEMA)
    (run,) = database.execute("SELECT run FROM progress").fetchone()
    reason = fetch(database, contacts, run)
    if reason is None:
        remove_gone(database, contacts, run)
    with database:
        database.execute("UPDATE progress SET run = run + 1, cursor = NULL")
    return reason


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with contextlib.closing(sqlite3.connect(sys.argv[1])) as database:
        try:
            with pgai.Contacts() as contacts:
                reason = sync(database, contacts)
        except (pgai.Error, KeyboardInterrupt) as error:
            print(f"stopped, start it again to continue: {error!r}", file=sys.stderr)
            return 1
        (count,) = database.execute("SELECT count(*) FROM contacts").fetchone()
    print(count, "contacts")
    if reason is not None:
        print(f"some may be missing, start it again: {reason}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
