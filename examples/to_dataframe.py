"""All contacts as a data frame, in pandas and in polars: python to_dataframe.py.

The exit status is 3 when contacts may be missing. The key is in $PGAI_API_KEY.
"""

import sys

import pandas as pd
import polars as pl

import pgai

COLUMNS = ("id", "first_name", "last_name", "email", "job_title", "company")


def columns(contacts: pgai.Contacts) -> tuple[dict[str, list[str | None]], str | None]:
    """Fetch all contacts, column by column, which both libraries take as it is.

    Besides, tell why some may be missing; None: there is no sign of it.
    """
    table: dict[str, list[str | None]] = {name: [] for name in COLUMNS}
    walk = contacts.each()
    while True:
        for contact in walk:
            for name, column in table.items():
                column.append(getattr(contact, name))
        # A total that is too low ends a walk early; one from there finds the others.
        if walk.stats.contacts == 0:
            return table, walk.stats.incomplete_reason
        walk = contacts.each(cursor=walk.cursor)


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
