"""`pgai import`: a contact of each row of a file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from . import _options, _output, _progress, _report
from ._text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pgai.bulk import Entry, ImportReport, Source

UNKNOWN, INCOMPLETE = 5, 6  # exit statuses
FIRST_ROWS = 5


@click.command("import")
@click.argument("file", required=False, type=click.Path())
@click.option("--journal", type=click.Path(), help="Has what became of each row.")
@click.option(
    "--refused",
    type=click.Path(),
    metavar="FILE",
    help="Where refused rows go; by default beside the journal.",
)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="What a column is for: a field, extra.NAME, full_name, or nothing.",
)
@click.option("--dry-run", is_flag=True, help="Send nothing: check and show the rows.")
@click.option("--all", "every", is_flag=True, help="With --dry-run: show all rows.")
@click.option(
    "--unknown",
    type=click.Path(),
    metavar="JOURNAL",
    help="Only list the rows of a journal that may have been created, or not.",
)
@_options.key_file
@_options.as_json
def import_(
    file: str | None,
    journal: str | None,
    refused: str | None,
    mapping: tuple[str, ...],
    dry_run: bool,
    every: bool,
    unknown: str | None,
    key_file: str | None,
    as_json: bool,
) -> int:
    """Create a contact of each row of FILE: CSV, JSON lines, XLSX or vCard.

    No row is sent twice. An import that was stopped goes on with the same command: the
    journal knows what was done. Rows that were refused go to a file with the reason: mend
    and import it, with another journal. The exit status is 6 then. Rows whose outcome is
    not known go to stdout with what to look at, and the exit status is 5.

    \b
    Examples:
      pgai import people.csv --dry-run
      pgai import people.csv --journal people.journal --map "Mail to=email"
      pgai import people.refused.csv --journal mended.journal
      pgai import --unknown people.journal
    """
    if unknown is not None:
        return _list_unknown(unknown, as_json)
    if file is None or not (journal or dry_run):
        raise click.UsageError("FILE and --journal are needed, or --dry-run")
    from pgai.bulk import import_contacts, read_file, refused_suffix

    source = read_file(file, mapping=_mapping(mapping))
    _tell_columns(source)
    if dry_run or journal is None:
        return _try(source, every, key_file, as_json)
    suffix = refused_suffix(source)
    if refused is None:
        refused = f"{os.path.splitext(journal)[0]}.refused{suffix}"
    elif os.path.splitext(refused)[1].lower() != suffix:
        raise click.UsageError(f"the name for --refused must end with {suffix}")
    try:
        with (
            _progress.meter() as meter,
            _options.client(key_file, on_event=meter.on_event) as contacts,
        ):
            report = import_contacts(
                contacts,
                source,
                journal=journal,
                source=source.digest,
                on_progress=meter.on_progress,
            )
    except (Exception, KeyboardInterrupt) as error:
        text = "not all rows are done: the same command goes on, and sends none twice"
        _report.unfinished(error, text)
        if isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt from None  # the journal has the row that is in doubt
        raise
    kept = _keep_refused(source, report, refused) if report.refused else None
    return _tell(report, kept, as_json)


def _mapping(pairs: Iterable[str]) -> dict[str, str | None]:
    found = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not equals:
            raise click.UsageError(f"--map {pair} is not COLUMN=FIELD")
        found[column] = field or None
    return found


def _tell_columns(source: Source) -> None:
    for column, field in source.mapping.items():
        print(f"pgai: column {shown(column)} is {shown(field)}", file=sys.stderr)
    if source.ignored:
        ignored = shown(", ".join(source.ignored))
        print(f"pgai: not imported: {ignored}", file=sys.stderr)
    if source.guessed:
        print(
            f"pgai: the encoding {source.encoding} is a guess: look at the names",
            file=sys.stderr,
        )


def _try(source: Source, every: bool, key_file: str | None, as_json: bool) -> int:
    """Check all rows, and show those that are wrong, and the first or all others."""
    from pgai.bulk import check_row

    wrong = number = 0
    with _options.client(key_file) as contacts:
        for number, row in enumerate(source, 1):
            reason = check_row(contacts, row)
            wrong += reason is not None
            if reason is not None or every or number <= FIRST_ROWS:
                values = {"row": number, "reason": reason, **row}
                _output.write_values(values, as_json, one=False)
    print(f"pgai: {number:,} rows, {wrong:,} wrong; nothing was sent", file=sys.stderr)
    return INCOMPLETE if wrong else 0


def _keep_refused(source: Source, report: ImportReport, path: str) -> str | None:
    """Write the refused rows; return where they are. What they are is in the journal."""
    from pgai.bulk import write_refused

    try:
        write_refused(source, report.refused, path)
    except OSError as error:
        reason = error if error.errno is None else f"{path}: {error.strerror}"
        print(f"pgai: {shown(str(reason))}; see --refused", file=sys.stderr)
        return None
    return path


def _tell(report: ImportReport, kept: str | None, as_json: bool) -> int:
    """Say what became of the rows, and return the exit status."""
    if as_json:
        names = ("rows", "created", "adopted", "duplicates", "requests", "elapsed")
        values: dict[str, Any] = {name: getattr(report, name) for name in names}
        values["refused"] = [_values(row) for row in report.refused]
        values["refused_file"] = kept
        values["unknown"] = [_values(row) for row in report.unknown]
        _output.write_values(values, as_json)
    else:
        for row in report.unknown:
            _output.write_values(_values(row), as_json, one=False)
        print(
            f"pgai: {report.rows:,} rows: {report.created:,} created, "
            f"{report.adopted:,} found, {report.duplicates:,} duplicates, "
            f"{len(report.refused):,} refused, {len(report.unknown):,} unknown",
            file=sys.stderr,
        )
        if kept is not None:
            print(
                f"pgai: {shown(kept)} has the refused rows with the reason: mend and "
                "import it, with another --journal",
                file=sys.stderr,
            )
    if report.unknown:
        return UNKNOWN
    return INCOMPLETE if report.refused else 0


def _list_unknown(journal: str, as_json: bool) -> int:
    from pgai.bulk import read_journal

    rows = [row for row in read_journal(journal) if row.state in ("sending", "unknown")]
    for row in rows:
        _output.write_values(_values(row), as_json, one=False)
    return UNKNOWN if rows else 0


def _values(row: Entry) -> dict[str, Any]:
    return {
        "row": row.number,
        "state": row.state,
        "reason": row.reason,
        "id": row.id,
        "fields": row.fields,
    }
