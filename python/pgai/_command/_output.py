"""Data on stdout: tables on a terminal, JSON lines elsewhere."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from ._text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    import pgai

# What a table of contacts shows, as far as there is room.
COLUMNS = ("id", "first_name", "last_name", "email", "company", "job_title")
LEAST_COLUMNS = 3
WIDEST_CELL = 32
GAP = 2


def is_table(as_json: bool) -> bool:
    """Whether people read stdout."""
    return not as_json and sys.stdout.isatty()


def write_json(text: str) -> None:
    """Write JSON: exactly, but as escapes what could steer a terminal."""
    if sys.stdout.isatty():
        # Between values JSON may have these, and inside of them it cannot.
        lines = text.replace("\r\n", "\n").expandtabs(4).split("\n")
        text = "\n".join(map(shown, lines))
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def write_values(values: Mapping[str, Any], as_json: bool, *, one: bool = True) -> None:
    """Write a thing: a table of names and values, apart if it is not `one`; or JSON."""
    if is_table(as_json):
        console = _console()
        _write_record(console, values)
        if not one:
            console.print()
    else:
        write_json(json.dumps(values, ensure_ascii=False))


def write_contact(contact: pgai.Contact, as_json: bool) -> None:
    """Write a contact with all that was sent."""
    if is_table(as_json):
        _write_record(_console(), contact)
    else:
        write_json(contact.raw)


def write_contacts(contacts: Iterable[pgai.Contact], as_json: bool) -> None:
    """Write contacts as a table, or as JSON lines.

    Ids are never cut. Where not even three columns have room, each contact is a record.
    """
    if not is_table(as_json):
        for contact in contacts:
            write_json(contact.raw)
        return
    console = _console()
    rows = [[_cell(contact.get(name)) for name in COLUMNS] for contact in contacts]
    count = _fitting(rows, console.width)
    if count >= LEAST_COLUMNS:
        _write_table(console, rows, count)
        return
    for row in rows:
        _write_record(console, dict(zip(COLUMNS, row, strict=True)))
        console.print()


def _fitting(rows: Sequence[Sequence[str]], width: int) -> int:
    """Count the columns that have room."""
    from rich.cells import cell_len

    used = -GAP
    for at, name in enumerate(COLUMNS):
        widest = max([len(name), *(cell_len(row[at]) for row in rows)])
        used += GAP + (widest if name == "id" else min(widest, WIDEST_CELL))
        if used > width:
            return at
    return len(COLUMNS)


def _write_table(console: Console, rows: Sequence[Sequence[str]], count: int) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False)
    for name in COLUMNS[:count]:
        widest = None if name == "id" else WIDEST_CELL
        table.add_column(name, no_wrap=True, overflow="ellipsis", max_width=widest)
    for row in rows:
        table.add_row(*map(Text, row[:count]))
    console.print(table)


def _write_record(console: Console, values: Mapping[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, GAP, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name in values:
        grid.add_row(Text(shown(name)), Text(_cell(values[name])))
    console.print(grid)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return shown(value if isinstance(value, str) else json.dumps(value))


def _console() -> Console:
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
