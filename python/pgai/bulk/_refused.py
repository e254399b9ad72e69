"""The refused rows of a file, in a file that can be mended and imported again."""

from __future__ import annotations

import csv
import io
import json
import os
import pathlib
from typing import TYPE_CHECKING, Any, NamedTuple

import pgai

from ._import import present
from ._journal import digest_of
from ._part import replace_file
from ._sheet import MARKS, REASON, TEXT, BadRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ._journal import Entry
    from ._rows import Source


class _Row(NamedTuple):
    """A refused row: its cells with their columns; or its text, if it cannot be read."""

    cells: list[tuple[str, Any]]
    text: str
    reason: str | None


def write_refused(
    source: Source, refused: Iterable[Entry], path: str | os.PathLike[str]
) -> None:
    """Write the refused rows of a file to another one, to be mended and imported.

    JSON lines become JSON lines, all others CSV in UTF-8 with the columns of the file. It
    has two columns more, which an import ignores: `refused_reason`, and `refused_row`,
    the text of a row that could not be read. The other cells of such a row are empty, so
    that nothing of it is imported before it is mended. The file gets its name when it is
    whole.

    Parameters
    ----------
    source : Source
    refused : iterable of Entry
        `report.refused` of an import of this source.
    path : str or os.PathLike
        A new name that ends as `refused_suffix()` says; or a file that has just these
        rows, which is left as it is.

    Raises
    ------
    UsageError
        The name has another ending, or these rows are not in the source.
    FileExistsError
        The file has something else, such as rows that were mended.
    OSError
        It could not be written.
    """
    target, suffix = pathlib.Path(path), refused_suffix(source)
    if target.suffix.lower() != suffix:
        raise pgai.UsageError(
            f"{target}: refused rows of {source.format} need a name with {suffix}"
        )
    rows = _rows(source, {entry.number: entry for entry in refused})
    data = _lines(rows) if suffix == ".ndjson" else _csv(source, rows)
    if not target.exists():
        replace_file(target, data)
    elif target.read_bytes() != data:
        raise FileExistsError(
            f"{target} exists and has not just these rows: choose another name for them"
        )


def refused_suffix(source: Source) -> str:
    """Return how the name of the file ends that `write_refused()` writes."""
    return ".ndjson" if source.format == "ndjson" else ".csv"


def _rows(source: Source, entries: dict[int, Entry]) -> Iterator[_Row]:
    for number, (row, cells) in enumerate(zip(source, source.cells(), strict=True), 1):
        entry = entries.get(number)
        if entry is None:
            continue
        if entry.digest != digest_of(present(row)):
            break
        del entries[number]
        if isinstance(row, BadRow):
            yield _Row([], row[TEXT].rstrip("\r\n"), entry.reason)
        else:
            if source.format == "vcard":  # a full name is in parts in the row only
                cells = [row.get(name, "") for name in source.headers]
            kept = zip(source.headers, cells, strict=True)
            yield _Row([pair for pair in kept if pair[0] not in MARKS], "", entry.reason)
    for number in entries:
        raise pgai.UsageError(
            f"row {number} of {source.path} is not the one that was refused: give the "
            "file that was imported"
        )


def _csv(source: Source, rows: Iterable[_Row]) -> bytes:
    names = [name for name in source.headers if name not in MARKS]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=source.delimiter or ",")
    writer.writerow([*names, *MARKS])
    for row in rows:
        cells = [cell for _, cell in row.cells] or [""] * len(names)
        writer.writerow([*cells, row.reason, row.text])
    # The mark tells spreadsheets that it is UTF-8.
    return file.getvalue().encode("utf-8-sig", "surrogatepass")


def _lines(rows: Iterable[_Row]) -> bytes:
    made = []
    for row in rows:
        whole = {name: cell for name, cell in row.cells if cell != ""}
        whole |= {REASON: row.reason} | ({TEXT: row.text} if row.text else {})
        made.append(json.dumps(whole) + "\n")
    return "".join(made).encode()
