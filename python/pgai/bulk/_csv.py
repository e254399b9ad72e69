"""Rows of CSV, whatever delimits its cells."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import pgai

from ._sheet import BadRow, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DELIMITERS = (",", ";", "\t", "|")
# So many records are looked at to find the header, and then to find the delimiter.
SAMPLE = 20


class Record(NamedTuple):
    """A record of CSV: the lines that it begins and ends with, from 0, and its cells."""

    begin: int
    end: int
    cells: list[str]
    broken: bool = False


def read_csv(text: str, delimiter: str | None, known: Callable[[str], bool]) -> Sheet:
    """Return the rows of CSV, whose header is the first record with a name that is known.

    Files may have notes before their header. If no name is known, the first record is it.
    """
    lines = list(io.StringIO(text, newline=""))
    begin = 0
    # Excel's own way to tell the delimiter.
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip("\r\n")) == 5:
        delimiter, begin = delimiter or lines[0][4], 1
    if delimiter is None:
        delimiter = max(DELIMITERS, key=lambda each: _fit(lines, begin, each, known))
    elif len(delimiter) != 1 or delimiter in '"\r\n ':
        raise pgai.UsageError(
            f"delimiter must be one character, such as ';', not {delimiter!r}"
        )
    header = _header(lines, begin, delimiter, known)
    if header is None:
        raise pgai.UsageError("it has no header: its first line must name the columns")
    width = len(header.cells)

    def rows() -> Iterator[list[Any] | BadRow]:
        for record in _records(lines, header.end, delimiter):
            if record.broken or any(record.cells):
                reason = _why_not(record, width)
                yield (
                    record.cells[:width]
                    if reason is None
                    else BadRow("".join(lines[record.begin : record.end]), reason)
                )

    return Sheet(tuple(header.cells), rows, delimiter)


def _records(lines: list[str], begin: int, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(
        islice(lines, begin, None),
        delimiter=delimiter,
        skipinitialspace=not delimiter.isspace(),
        strict=True,
    )
    at = begin
    while True:
        broken = False
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            cells, broken = [], True
        end = begin + reader.line_num
        yield Record(at, end, cells, broken)
        at = end


def _header(
    lines: list[str], begin: int, delimiter: str, known: Callable[[str], bool]
) -> Record | None:
    first = None
    for record in islice(_records(lines, begin, delimiter), SAMPLE):
        if any(map(known, record.cells)):
            return record
        if first is None and any(record.cells):
            first = record
    return first


def _fit(
    lines: list[str], begin: int, delimiter: str, known: Callable[[str], bool]
) -> tuple[bool, float, int]:
    """Tell how well a delimiter fits: by names, equal rows, and columns."""
    header = _header(lines, begin, delimiter, known)
    if header is None or len(header.cells) < 2:
        return False, 0, 0
    width = len(header.cells)
    sample = list(islice(_records(lines, header.end, delimiter), SAMPLE))
    equal = sum(len(record.cells) == width for record in sample)
    return any(map(known, header.cells)), equal / max(1, len(sample)), width


def _why_not(record: Record, width: int) -> str | None:
    first, last = record.begin + 1, record.end
    place = f"line {first}" if first == last else f"lines {first} to {last}"
    count = len(record.cells)
    if record.broken:
        return f'{place}: a " is not closed, or not doubled inside of a text'
    if count < width:
        return f"{place}: it has {count} of {width} cells: is the line cut?"
    if any(record.cells[width:]):
        return (
            f"{place}: it has {count} cells, for {width} columns: "
            "put texts with a delimiter in double quotes"
        )
    return None
