"""What Spark gets of contacts: batches of Arrow with the columns of a schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pgai
from pgai.bulk._formats import COLUMNS

from ._engine import pyarrow, types

# As many as a batch of a stream of Arrow has. The first are smaller, so that a job that
# wants a few rows gets them after one page.
_MOST_ROWS = 8192


def columns_of(schema: Any) -> tuple[str, ...]:
    """Return the names of a schema's columns; UsageError: one cannot be had."""
    for each in schema.fields:
        if each.name not in COLUMNS:
            raise pgai.UsageError(
                f"there is no column {each.name!r}, but {', '.join(COLUMNS)}. Others "
                f"are in extra, which is JSON: get_json_object(extra, '$.{each.name}')"
            )
        if not isinstance(each.dataType, types.StringType) or not each.nullable:
            raise pgai.UsageError(
                f"the column {each.name} must be STRING and may be null: cast it in a "
                f"select, such as CAST({each.name} AS ...)"
            )
    return tuple(schema.fieldNames())


def schema_text() -> str:
    """Return the schema with all columns."""
    return ", ".join(f"{name} STRING" for name in COLUMNS)


def batches(
    pages: Iterable[Sequence[pgai.Contact]], columns: Sequence[str]
) -> Iterator[Any]:
    """Yield pages as batches with these columns, which grow as they come."""
    waiting: list[pgai.Contact] = []
    wanted = 1
    for page in pages:
        waiting += page
        if len(waiting) >= wanted:
            yield batch(waiting, columns)
            waiting = []
            wanted = min(2 * max(wanted, len(page)), _MOST_ROWS)
    if waiting:
        yield batch(waiting, columns)


def batch(contacts: Sequence[pgai.Contact], columns: Sequence[str]) -> Any:
    return pyarrow.record_batch(pgai.Page(contacts)).select(list(columns))


def rows(
    contacts: Sequence[pgai.Contact], columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return the same as rows."""
    return [tuple(row.values()) for row in batch(contacts, columns).to_pylist()]
