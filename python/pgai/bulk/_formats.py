"""The formats of an export: what a page becomes, and what a whole file is made of."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import pgai

from ._library import load

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator, Sequence

# Rows that Parquet has in a group, and that are in memory while it is written: twice as
# many take 14 MiB more.
GROUP = 4_096
DOCUMENTED = tuple(pgai.Page().to_csv().decode().rstrip().split(","))
COLUMNS = (*DOCUMENTED, "extra")


class Format(Protocol):
    """How contacts are written.

    Pages are appended to a file as bytes. Where `streams` is False, these are JSON lines,
    and `build()` makes the file that was asked for of them.
    """

    streams: bool

    def begin(self) -> bytes: ...
    def page(self, page: pgai.Page) -> bytes: ...
    def build(self, lines: pathlib.Path, target: pathlib.Path) -> None: ...


class Csv:
    streams = True

    def __init__(self, fields: Sequence[str] | None, escape_formulas: bool) -> None:
        self._fields = fields or COLUMNS
        self._escape = escape_formulas

    def begin(self) -> bytes:
        return pgai.Page().to_csv(self._fields)

    def page(self, page: pgai.Page) -> bytes:
        return page.to_csv(self._fields, header=False, escape_formulas=self._escape)

    def build(self, lines: pathlib.Path, target: pathlib.Path) -> None:
        raise NotImplementedError


class Lines:
    streams = True

    def __init__(self, fields: Sequence[str] | None) -> None:
        self._fields = fields

    def begin(self) -> bytes:
        return b""

    def page(self, page: pgai.Page) -> bytes:
        if self._fields is None:
            return page.to_ndjson()
        return b"".join(
            _encode(_chosen(contact, self._fields)) + b"\n" for contact in page
        )

    def build(self, lines: pathlib.Path, target: pathlib.Path) -> None:
        raise NotImplementedError


class _Built:
    """A format whose files cannot grow by a page: made of JSON lines at the end."""

    streams = False

    def __init__(self, fields: Sequence[str] | None) -> None:
        self._fields = tuple(fields or COLUMNS)
        self._all = fields is None

    def begin(self) -> bytes:
        return b""

    def page(self, page: pgai.Page) -> bytes:
        return page.to_ndjson()


class Sqlite(_Built):
    def __init__(self, fields: Sequence[str] | None) -> None:
        super().__init__(fields)
        if len({name.casefold() for name in self._fields}) < len(self._fields):
            raise pgai.UsageError(
                "fields of a SQLite table must differ not only in upper and lower case"
            )

    def build(self, lines: pathlib.Path, target: pathlib.Path) -> None:
        columns = ", ".join(
            f'"{name.replace(chr(34), chr(34) * 2)}" TEXT' for name in self._fields
        )
        holes = ", ".join("?" for _ in self._fields)
        with contextlib.closing(sqlite3.connect(target)) as database, database:
            # Nobody reads it before it is whole; a killed job begins it anew.
            database.execute("PRAGMA journal_mode = OFF")
            database.execute(f"CREATE TABLE contacts ({columns})")
            database.executemany(
                f"INSERT INTO contacts VALUES ({holes})",
                (cells(contact, self._fields) for contact in _read(lines)),
            )


class Parquet(_Built):
    def __init__(self, fields: Sequence[str] | None) -> None:
        super().__init__(fields)
        without = "Parquet needs pyarrow: pip install pyarrow, or choose another format"
        self._pyarrow = load("pyarrow", without)
        self._parquet = load("pyarrow.parquet", without)

    def build(self, lines: pathlib.Path, target: pathlib.Path) -> None:
        schema = self._table([]).schema
        with self._parquet.ParquetWriter(target, schema) as writer:
            contacts = _read(lines)
            while group := list(islice(contacts, GROUP)):
                writer.write_table(self._table(group))

    def _table(self, contacts: list[pgai.Contact]) -> Any:
        if self._all:
            return self._pyarrow.table(pgai.Page(contacts))
        rows = [cells(contact, self._fields) for contact in contacts]
        text = self._pyarrow.string()
        return self._pyarrow.table(
            {
                name: self._pyarrow.array([row[at] for row in rows], text)
                for at, name in enumerate(self._fields)
            }
        )


def format_of(
    name: str, fields: Sequence[str] | None, escape_formulas: bool = False
) -> Format:
    """Return the format of that name; UsageError: there is none, or a field is wrong."""
    pgai.Page().to_csv(fields)  # checks them
    if escape_formulas and name != "csv":
        raise pgai.UsageError("escape_formulas is for CSV only")
    match name:
        case "csv":
            return Csv(fields, escape_formulas)
        case "ndjson":
            return Lines(fields)
        case "sqlite":
            return Sqlite(fields)
        case "parquet":
            return Parquet(fields)
    raise pgai.UsageError(f"format must be csv, ndjson, parquet or sqlite, not {name!r}")


def _chosen(contact: pgai.Contact, fields: Sequence[str]) -> dict[str, Any]:
    """Return the values of these fields; of `extra`, what none of them has."""
    values = contact.to_dict()
    values["extra"] = {
        name: value
        for name, value in values.items()
        if name not in fields and name not in DOCUMENTED
    } or None
    return {name: values.get(name) for name in fields}


def cells(contact: pgai.Contact, fields: Sequence[str]) -> list[str | None]:
    """Return the same as text, or None. What is not text becomes JSON, as in CSV."""
    return [
        value if value is None or isinstance(value, str) else _encode(value).decode()
        for value in _chosen(contact, fields).values()
    ]


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _read(lines: pathlib.Path) -> Iterator[pgai.Contact]:
    """Yield the contacts of JSON lines that an export wrote."""
    with open(lines, "rb") as file:
        for line in file:
            yield pgai.Contact(line.rstrip(b"\n"))  # type: ignore[call-arg]
