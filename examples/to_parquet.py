"""All contacts as a Parquet file: python to_parquet.py FILE.

If the walk fails, or contacts may be missing, FILE stays as it was. The key is in
$PGAI_API_KEY.
"""

import sys
from pathlib import Path

import duckdb

import pgai


def main() -> None:
    file = Path(sys.argv[1])
    new = file.with_name(f"{file.name}.new")
    with pgai.Contacts() as contacts:
        walk = contacts.each(strict=True)
        # It writes while the walk goes on.
        duckdb.from_arrow(walk).write_parquet(str(new))
        print(f"{walk.stats.contacts} rows")
    new.replace(file)


if __name__ == "__main__":
    main()
