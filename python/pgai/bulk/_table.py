"""The SQLite file of a sync: its contacts, and where an unfinished run stands."""

from __future__ import annotations

import datetime
import json
import os
import time
from collections import Counter
from dataclasses import asdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import pgai

from ._database import Database
from ._formats import COLUMNS, cells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from ._walk import Place

VERSION = 1
COMMIT_EVERY = 1.0  # seconds
_TEXTS = ", ".join(f"{name} TEXT" for name in COLUMNS if name != "id")
_NAMES = ", ".join(COLUMNS)

# `digest` is that of the text in lists, by which a change is noticed. `last_seen` is null
# while a contact is seen: so a run that finds no change writes nothing here.
SCHEMA = f"""
CREATE TABLE pgai_sync (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL,
    service TEXT NOT NULL, seen_at TEXT, begun TEXT, place TEXT, seen BLOB
);
CREATE TABLE pgai_contacts (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, {_TEXTS}, json TEXT NOT NULL,
    digest BLOB NOT NULL, details INTEGER NOT NULL, missed INTEGER NOT NULL DEFAULT 0,
    first_seen TEXT NOT NULL, last_seen TEXT, gone_since TEXT
);
CREATE VIEW contacts AS
    SELECT {_NAMES}, json, first_seen,
        coalesce(last_seen, (SELECT seen_at FROM pgai_sync)) AS last_seen, gone_since
    FROM pgai_contacts;
"""
_PUT = f"""
INSERT INTO pgai_contacts ({_NAMES}, json, digest, details, first_seen)
VALUES ({", ".join("?" for _ in range(len(COLUMNS) + 4))})
ON CONFLICT (id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "id")},
    json = excluded.json, digest = excluded.digest, details = excluded.details
RETURNING row
"""
_SEEN_AGAIN = "UPDATE pgai_contacts SET missed = 0, last_seen = NULL, gone_since = NULL"


class Row(NamedTuple):
    """What is known of a contact in the table."""

    row: int
    id: str
    digest: bytes
    details: int
    missed: int
    gone_since: str | None


_ROW = f"SELECT {', '.join(Row._fields)} FROM pgai_contacts"


class Table:
    """The file of a sync, which one job at a time can use.

    What a page changes, and where the walk stands behind it, are committed together, at
    most once a second. `seen` has a bit for each row that the present run saw.
    """

    def __init__(self, path: str | os.PathLike[str], service: str) -> None:
        self.counts: Counter[str] = Counter()
        self._service = service
        self._database = Database(path, "sync", SCHEMA, VERSION, service=service)
        self._begun = ""
        self._seen = bytearray()
        self._place: Place | None = None
        self._committed = time.monotonic()

    def begin(self) -> Any:
        """Begin a run, or go on with one that was stopped: return where that stood."""
        place, seen, begun = self._database.execute(
            "SELECT place, seen, begun FROM pgai_sync"
        ).fetchone()
        self._begun = begun or _now()
        self._seen = bytearray(seen or b"")
        self._database.execute("BEGIN IMMEDIATE")
        return None if place is None else _parsed(place)

    def take(self, page: pgai.Page, place: Place) -> None:
        """Store a page of a list, and where the walk stands behind it."""
        known = self._find([contact.id for contact in page])
        for contact in page:
            if isinstance(contact.id, str):
                self._take(contact.id, contact, known.get(contact.id))
        self._place = place
        self._commit_sometimes()

    def _take(self, id: str, contact: pgai.Contact, row: Row | None) -> None:
        digest = blake2b(contact.raw.encode(), digest_size=16).digest()
        if row is None or row.digest != digest:
            self.counts["added" if row is None else "changed"] += 1
            self._mark(self._put(id, contact, digest, details=0))
        else:
            self._mark(row.row)
        if row is not None and row.gone_since:
            self.counts["returned"] += 1
        if row is not None and (row.gone_since or row.missed):
            self._database.execute(f"{_SEEN_AGAIN} WHERE row = ?", (row.row,))

    def without_details(self) -> list[str]:
        """Return the ids of the contacts that this run saw, and that were only listed."""
        rows = self._database.execute(
            "SELECT row, id FROM pgai_contacts WHERE NOT details"
        )
        return [id for row, id in rows if self._is_marked(row)]

    def put_details(self, id: str, contact: pgai.Contact | None) -> None:
        """Store a contact that was fetched on its own; None: the service has none."""
        if contact is not None:
            self._put(id, contact, self._find([id])[id].digest, details=1)
        self._commit_sometimes()

    def missing(self) -> list[Row]:
        """Return the rows that are not gone, and that this run did not see."""
        rows = self._database.execute(f"{_ROW} WHERE gone_since IS NULL")
        return [row for row in map(Row._make, rows) if not self._is_marked(row.row)]

    def living(self) -> int:
        """Count the contacts that are not gone."""
        (count,) = self._database.execute(
            "SELECT count(*) FROM pgai_contacts WHERE gone_since IS NULL"
        ).fetchone()
        return int(count)

    def put_missing(self, row: Row, contact: pgai.Contact | None) -> None:
        """Store what the service says of a missing contact; None: it is gone."""
        if contact is None:
            self.counts["gone"] += 1
            self._database.execute(
                "UPDATE pgai_contacts SET gone_since = ? WHERE row = ?",
                (_now(), row.row),
            )
        else:
            self._put(row.id, contact, row.digest, details=1)
            self._database.execute(f"{_SEEN_AGAIN} WHERE row = ?", (row.row,))
            self._mark(row.row)
        self._commit_sometimes()

    def end(self) -> None:
        """End the run: remember what it missed."""
        missing = self.missing()
        self.counts["missing"] = len(missing)
        self._database.executemany(
            "UPDATE pgai_contacts SET missed = missed + 1, "
            "last_seen = coalesce(last_seen, (SELECT seen_at FROM pgai_sync)) "
            "WHERE row = ?",
            [(row.row,) for row in missing],
        )
        self._database.execute(
            "UPDATE pgai_sync SET seen_at = ?, begun = NULL, place = NULL, seen = NULL",
            (self._begun,),
        )
        self._database.execute("COMMIT")

    def _find(self, ids: Sequence[object]) -> dict[str, Row]:
        holes = ", ".join("?" for _ in ids)
        rows = self._database.execute(f"{_ROW} WHERE id IN ({holes})", ids)
        return {row.id: row for row in map(Row._make, rows)}

    def _put(self, id: str, contact: pgai.Contact, digest: bytes, details: int) -> int:
        texts = cells(contact, COLUMNS[1:])
        values = [id, *texts, contact.raw, digest, details, self._begun]
        (row,) = self._database.execute(_PUT, values).fetchone()
        return int(row)

    def _mark(self, row: int) -> None:
        more = row // 8 + 1 - len(self._seen)
        if more > 0:
            self._seen.extend(bytes(more + 1024))
        self._seen[row // 8] |= 1 << row % 8

    def _is_marked(self, row: int) -> bool:
        return row // 8 < len(self._seen) and bool(self._seen[row // 8] >> row % 8 & 1)

    def _commit_sometimes(self) -> None:
        if time.monotonic() - self._committed >= COMMIT_EVERY:
            self._commit()
            self._database.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        if self._place is not None:
            self._database.execute(
                "UPDATE pgai_sync SET begun = ?, place = ?, seen = ?",
                (self._begun, json.dumps(asdict(self._place)), bytes(self._seen)),
            )
        self._database.execute("COMMIT")
        self._committed = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._database.close()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _now() -> str:
    now = datetime.datetime.now(datetime.UTC)
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
