"""All contacts as a table of DuckDB: python to_duckdb.py FILE.

If the walk fails, or contacts may be missing, the table stays as it was. The key is in
$PGAI_API_KEY.
"""

import sys

import duckdb

import pgai


def main() -> None:
    with pgai.Contacts() as contacts, duckdb.connect(sys.argv[1]) as database:
        walk = contacts.each(strict=True)
        # DuckDB finds the walk by its name.
        database.execute("CREATE OR REPLACE TABLE contacts AS FROM walk")
        print(f"{walk.stats.contacts} rows")


if __name__ == "__main__":
    main()
