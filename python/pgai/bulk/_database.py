"""The SQLite file of a job: of one service, and for one job at a time."""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3

import pgai


class Database:
    """A connection without transactions of its own, and the lock of its file.

    A table with one row, `pgai_JOB`, has the version of the tables and what the file
    belongs to. Each statement of `execute()` is committed when it returns, unless one
    began a transaction.

    Attributes
    ----------
    belongs : dict
        What the file belongs to, as it was made.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        job: str,
        schema: str,
        version: int,
        **belongs: str | None,
    ) -> None:
        """Open a file, or make it.

        Raises
        ------
        UsageError
            Another job works with it, or it is of another program, version or service.
        OSError, sqlite3.Error
            It could not be opened.
        """
        self.path = os.fspath(path)
        self._table, self._schema, self._version = f"pgai_{job}", schema, version
        self._lock = open(path, "ab")  # noqa: SIM115
        try:
            self._take_lock(job)
            self._connection = sqlite3.connect(path, isolation_level=None)
        except BaseException:
            self._lock.close()
            raise
        self.execute = self._connection.execute
        self.executemany = self._connection.executemany
        # Of a transaction that is still there: a full disk ends one by itself.
        self.rollback = self._connection.rollback
        try:
            self._check(belongs)
        except BaseException:
            self.close()
            raise

    def _take_lock(self, job: str) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise pgai.UsageError(
                f"another {job} works with {self.path} now: wait for its end"
            ) from None

    def _check(self, belongs: dict[str, str | None]) -> None:
        names = self._names()
        if not names:
            self._make(belongs)
        elif not set(re.findall(r"CREATE TABLE (\w+)", self._schema)) <= names:
            raise pgai.UsageError(
                f"{self.path} is a database of another program: choose another name"
            )
        version, *values = self.execute(
            f"SELECT version, {', '.join(belongs)} FROM {self._table}"
        ).fetchone()
        self.belongs = dict(zip(belongs, values, strict=True))
        if version != self._version:
            raise pgai.UsageError(
                f"{self.path} was made by another version of pgai: choose another name"
            )
        service, of = belongs["service"], self.belongs["service"]
        if of != service:
            raise pgai.UsageError(
                f"{self.path} belongs to {of}, not to {service}: choose another name"
            )

    def _names(self) -> set[str]:
        """Return the names of what is in the file; none: it is new."""
        try:
            return {name for (name,) in self.execute("SELECT name FROM sqlite_master")}
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
                raise  # such as a lock of another program
            raise pgai.UsageError(
                f"{self.path} is no SQLite database ({error}): choose another name"
            ) from None

    def _make(self, belongs: dict[str, str | None]) -> None:
        self.execute("BEGIN IMMEDIATE")
        for statement in self._schema.split(";"):
            self.execute(statement)
        self.execute(
            f"INSERT INTO {self._table} (one, version, {', '.join(belongs)}) "
            f"VALUES (1, ?{', ?' * len(belongs)})",
            (self._version, *belongs.values()),
        )
        self.execute("COMMIT")

    def close(self) -> None:
        # The lock goes last: to close any descriptor of a file drops SQLite's locks.
        try:
            self._connection.close()
        finally:
            self._lock.close()
