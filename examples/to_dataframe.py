"""All contacts as a data frame, in pandas and in polars: python to_dataframe.py.

The exit status is 3 when contacts may be missing. The key is in $PGAI_API_KEY.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pandas as pd
import polars as pl

import pgai

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = ("id", "first_name", "last_name", "email", "job_title", "company")


Table = dict[str, list[str | None]]


def add(table: Table, contacts: Iterable[pgai.Contact]) -> None:
    """Add contacts column by column, which both libraries take as it is."""
    for contact in contacts:
        for name, column in table.items():
            column.append(getattr(contact, name))


def columns(contacts: pgai.Contacts) -> tuple[Table, str | None]:
    """Fetch all contacts, and tell why some may be missing; None: none is."""
    table: Table = {name: [] for name in COLUMNS}
    try:
        add(table, contacts.each(strict=True))
    except pgai.IncompleteError as error:
        # What else there is, as far as a walk without proof finds it.
        add(table, contacts.each(cursor=error.cursor))
        return table, error.message
    return table, None


def main() -> int:
    with pgai.Contacts() as contacts:
        table, reason = columns(contacts)
    frame = pd.DataFrame(table)
    print(frame["company"].value_counts().head(3))
    print(pl.DataFrame(table).group_by("company").len().sort("len", "company").tail(3))
    print(f"{len(frame)} rows")
    if reason is not None:
        print(f"some may be missing: {reason}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
