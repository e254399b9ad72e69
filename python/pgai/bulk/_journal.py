"""The journal of an import: what was meant to be sent, and what became of it."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import sqlite3
import time
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import pgai

from ._database import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

VERSION = 1
SOME = 5  # contacts of either kind, by which an account is known again
SCHEMA = """
CREATE TABLE pgai_import (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL,
    service TEXT NOT NULL, source TEXT, known INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE rows (
    number INTEGER PRIMARY KEY, digest BLOB NOT NULL, state TEXT NOT NULL,
    sent_at REAL, id TEXT, reason TEXT, email TEXT, fields TEXT NOT NULL
);
CREATE INDEX rows_by_email ON rows (email);
CREATE INDEX rows_by_state ON rows (state);
CREATE TABLE known (email TEXT PRIMARY KEY, id TEXT) WITHOUT ROWID;
"""

SENDING = "sending"
CREATED = "created"
ADOPTED = "adopted"
REFUSED = "refused"
DUPLICATE = "duplicate"
UNKNOWN = "unknown"


class Entry(NamedTuple):
    """What the journal has of a row.

    Attributes
    ----------
    number : int
        Of the row, from 1.
    digest : bytes
        Of its fields.
    state : str
        "created"; "adopted": found at the service, after its outcome had been unknown;
        "refused"; "duplicate"; "unknown": it may have been created, or not; "sending":
        the same, and nobody has looked yet.
    sent_at : float or None
        When it was sent, in seconds since 1970.
    id : str or None
        Of the contact, or of one that resembles it.
    reason : str or None
        Why it was refused, is a duplicate, or is unknown.
    fields : dict
        What was to be created.
    """

    number: int
    digest: bytes
    state: str
    sent_at: float | None
    id: str | None
    reason: str | None
    fields: dict[str, Any]


_ENTRY = f"SELECT {', '.join(Entry._fields)} FROM rows"


class Journal:
    """A SQLite file that one import at a time can use.

    Each change is on the disk when its method returns.
    """

    def __init__(
        self, path: str | os.PathLike[str], service: str, source: str | None
    ) -> None:
        self._database = Database(
            path, "import", SCHEMA, VERSION, service=service, source=source
        )
        self.path = self._database.path
        try:
            self._check(source)
            self._database.execute("PRAGMA synchronous = EXTRA")
        except BaseException:
            self.close()
            raise

    def _check(self, source: str | None) -> None:
        if self._database.belongs["source"] != source:
            raise pgai.UsageError(
                f"{self.path} is the journal of another file, or the file was changed: "
                "give it the file that it was begun with, or choose another name"
            )

    def find(self, number: int, fields: dict[str, Any]) -> Entry | None:
        """Return what is known of a row; UsageError: it was another one before."""
        found = self._entries("WHERE number = ?", number)
        for entry in found:
            if entry.digest != digest_of(fields):
                raise pgai.UsageError(
                    f"row {number} is not what it was when {self.path} was begun: "
                    "give the same rows, or choose another name"
                )
            return entry
        return None

    def of_email(self, email: str) -> Entry | None:
        """Return the first row with this e-mail address that was not refused."""
        found = self._entries(
            "WHERE email = ? AND state NOT IN ('refused', 'duplicate') "
            "ORDER BY number LIMIT 1",
            email.strip().casefold(),
        )
        return next(found, None)

    def in_state(self, *states: str) -> list[Entry]:
        """Return the rows in one of these states, by their numbers."""
        holes = ", ".join("?" for _ in states)
        return list(self._entries(f"WHERE state IN ({holes}) ORDER BY number", *states))

    def counts(self) -> Counter[str]:
        """Count the rows in each state."""
        rows = self._database.execute("SELECT state, count(*) FROM rows GROUP BY state")
        return Counter(dict(rows.fetchall()))

    def owner(self, id: str) -> int | None:
        """Return the number of the row that made this contact; None: none did."""
        row = self._database.execute(
            "SELECT number FROM rows WHERE id = ? AND state IN ('created', 'adopted')",
            (id,),
        ).fetchone()
        return None if row is None else int(row[0])

    def some_ids(self) -> list[str]:
        """Return the ids of a few contacts that the service has, or had."""
        rows = self._database.execute(
            "SELECT * FROM (SELECT id FROM rows WHERE state IN ('created', 'adopted') "
            "AND id IS NOT NULL ORDER BY number DESC LIMIT ?1) UNION "
            "SELECT * FROM (SELECT id FROM known WHERE id IS NOT NULL LIMIT ?1)",
            (SOME,),
        )
        return [id for (id,) in rows]

    def put(
        self,
        number: int,
        fields: dict[str, Any],
        state: str,
        *,
        id: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Write down what became of a row, or that it is about to be sent."""
        email = fields.get("email")
        self._database.execute(
            "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) "
            "DO UPDATE SET state = excluded.state, id = excluded.id, "
            "reason = excluded.reason, sent_at = coalesce(sent_at, excluded.sent_at)",
            (
                number,
                digest_of(fields),
                state,
                time.time() if state == SENDING else None,
                id,
                reason,
                email.strip().casefold() if isinstance(email, str) else None,
                _encode(fields),
            ),
        )

    def forget(self, number: int) -> None:
        """Take a row out that was certainly not created."""
        self._database.execute("DELETE FROM rows WHERE number = ?", (number,))

    def knows_service(self) -> bool:
        """Tell whether the e-mail addresses of the service's contacts are here."""
        return bool(self._database.execute("SELECT known FROM pgai_import").fetchone()[0])

    def keep_known(self, pages: Iterable[pgai.Page]) -> None:
        """Keep the e-mail addresses of these contacts; all of them, or none."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for page in pages:
                self._database.executemany(
                    "INSERT OR IGNORE INTO known VALUES (?, ?)",
                    [
                        (contact.email.strip().casefold(), contact.id)
                        for contact in page
                        if isinstance(contact.email, str) and isinstance(contact.id, str)
                    ],
                )
            self._database.execute("UPDATE pgai_import SET known = 1")
            self._database.execute("COMMIT")
        except BaseException:
            self._database.rollback()
            raise

    def known_id(self, email: str) -> str | None:
        """Return the id of the contact that had this e-mail address at the beginning."""
        row = self._database.execute(
            "SELECT id FROM known WHERE email = ?", (email.strip().casefold(),)
        ).fetchone()
        return None if row is None else str(row[0])

    def _entries(self, where: str, *values: object) -> Iterator[Entry]:
        yield from map(_entry, self._database.execute(f"{_ENTRY} {where}", values))

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def read_journal(path: str | os.PathLike[str]) -> list[Entry]:
    """Return all rows of a journal, by their numbers, also while an import runs.

    Raises
    ------
    UsageError
        The file is no journal.
    OSError, sqlite3.Error
        It could not be read.
    """
    with open(path, "rb"):
        pass  # an OSError says more than SQLite
    uri = f"{pathlib.Path(path).absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
        try:
            found = database.execute(f"{_ENTRY} ORDER BY number").fetchall()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in (
                sqlite3.SQLITE_NOTADB,
                sqlite3.SQLITE_ERROR,
            ):
                raise
            raise pgai.UsageError(
                f"{os.fspath(path)} is no journal ({error}): name that of an import"
            ) from None
    return list(map(_entry, found))


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry._make((*row[:-1], json.loads(row[-1])))


def digest_of(fields: dict[str, Any]) -> bytes:
    """Return a hash of a row, whatever the order of its fields."""
    return blake2b(_encode(fields).encode(), digest_size=16).digest()


def _encode(fields: dict[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, default=str)
