"""All contacts as a data frame, in pandas and in polars: python to_dataframe.py.

The key is in $PGAI_API_KEY.
"""

import pandas as pd
import polars as pl

import pgai

COLUMNS = ("id", "first_name", "last_name", "email", "job_title", "company")


def columns(contacts: pgai.Contacts) -> dict[str, list[str | None]]:
    """Fetch all contacts, column by column, which both libraries take as it is."""
    table: dict[str, list[str | None]] = {name: [] for name in COLUMNS}
    for contact in contacts:
        for name, column in table.items():
            column.append(getattr(contact, name))
    return table


def main() -> None:
    with pgai.Contacts() as contacts:
        table = columns(contacts)
    frame = pd.DataFrame(table)
    print(frame["company"].value_counts().head(3))
    print(pl.DataFrame(table).group_by("company").len().sort("len", "company").tail(3))
    print(f"{len(frame)} rows")


if __name__ == "__main__":
    main()
