"""Rows of the first sheet of an XLSX file."""

from __future__ import annotations

import datetime
import io
from typing import TYPE_CHECKING, Any

import pgai

from ._library import load
from ._sheet import TEXT, BadRow, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def read_xlsx(data: bytes, known: Callable[[str], bool]) -> Sheet:
    """Return the rows of the first sheet. Its header is found as that of CSV.

    Numbers stay numbers: a phone number that is one has lost its zeros and its plus.
    """
    openpyxl = load(
        "openpyxl",
        "XLSX needs openpyxl: pip install 'pgai-contacts[import]', or save it as CSV",
    )
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        lines = list(_lines(book.worksheets[0]))
    except Exception as error:  # whatever a damaged file leads to
        raise pgai.UsageError(
            f"it is no XLSX file that can be read ({error}): save it as XLSX or CSV"
        ) from None
    number, names = next(
        (line for line in lines[:20] if any(known(str(cell)) for cell in line[1])),
        lines[0] if lines else (0, []),
    )
    if not names:
        raise pgai.UsageError("its first sheet has no header that names the columns")
    headers = tuple(str(name) for name in names)

    def rows() -> Iterator[list[Any] | BadRow]:
        for at, cells in lines:
            if at > number:
                yield _row(at, cells, headers)

    return Sheet(headers, rows)


def _lines(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the number and the values of each line that is not empty."""
    for number, line in enumerate(sheet.iter_rows(), 1):
        cells = [_value(cell) for cell in line]
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            yield number, cells


def _value(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return BadRow(str(value), f"it has the error {value}")
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value if isinstance(value, int | float) else str(value)


def _row(number: int, cells: list[Any], headers: Sequence[str]) -> list[Any] | BadRow:
    text = "\t".join(
        cell[TEXT] if isinstance(cell, BadRow) else str(cell) for cell in cells
    )
    for cell in cells:
        if isinstance(cell, BadRow):
            return BadRow(text, f"line {number}: {cell.reason}")
    if len(cells) > len(headers):
        return BadRow(
            text,
            f"line {number}: it has {len(cells)} cells, for {len(headers)} columns",
        )
    return cells + [""] * (len(headers) - len(cells))
