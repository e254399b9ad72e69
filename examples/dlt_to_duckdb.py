"""Load contacts into a duckdb file with dlt: all of them first, then what is new.

    pip install "pgai-contacts[dlt]" "dlt[duckdb]"
    python dlt_to_duckdb.py contacts.duckdb

It fails, and loads nothing, unless it is proven that no contact is missing. The same
command again continues. `--full` reads all contacts, to see changes and deletions.
"""

import sys

import dlt

import pgai.dlt


def main() -> int:
    arguments = [each for each in sys.argv[1:] if each != "--full"]
    if len(arguments) != 1:
        print("usage: dlt_to_duckdb.py FILE [--full]", file=sys.stderr)
        return 2
    pipeline = dlt.pipeline(
        "pgai", destination=dlt.destinations.duckdb(arguments[0]), dataset_name="crm"
    )
    pipeline.run(pgai.dlt.source(full="--full" in sys.argv))
    trace = pipeline.last_trace
    done = trace.last_normalize_info if trace else None
    print(f"{done.row_counts.get('contacts', 0) if done else 0} contacts loaded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
