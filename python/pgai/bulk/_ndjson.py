"""Rows of JSON lines: an object a line."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, NoReturn

from ._sheet import BadRow, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_ndjson(text: str) -> Sheet:
    """Return the objects of JSON lines as rows; the columns are all names they have."""
    lines = list(io.StringIO(text, newline=""))
    headers: dict[str, None] = {}
    for row in _objects(lines):
        if not isinstance(row, BadRow):
            headers.update(dict.fromkeys(row))

    def rows() -> Iterator[list[Any] | BadRow]:
        for row in _objects(lines):
            yield row if isinstance(row, BadRow) else [row.get(n, "") for n in headers]

    return Sheet(tuple(headers), rows)


def _objects(lines: list[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(
                line, object_pairs_hook=_object, parse_constant=_no_constant
            )
            if not isinstance(value, dict):
                raise ValueError("it is no JSON object")
        except (ValueError, RecursionError) as error:
            yield BadRow(line, f"line {number}: {error}: write a JSON object in a line")
        else:
            yield value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is there twice")
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
