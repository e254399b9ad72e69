"""`pgai export`: all contacts to a file or to stdout."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from . import _options, _progress, _report

if TYPE_CHECKING:
    from typing import BinaryIO


@click.command("export")
@click.argument("file", required=False, type=click.Path())
@click.option(
    "--format",
    type=click.Choice(["csv", "ndjson", "parquet", "sqlite"]),
    help="By default, the ending of the file's name says it.",
)
@click.option("--fields", metavar="NAME,...", help="Which fields, in this order.")
@_options.details
@_options.strict
@click.option("--resume", is_flag=True, help="Go on with an export that was stopped.")
@click.option("--force", is_flag=True, help="Replace what exists.")
@click.option(
    "--escape-formulas",
    is_flag=True,
    help="CSV: no text runs as a formula in a spreadsheet.",
)
@_options.key_file
@_options.as_json
def export_(
    file: str | None,
    format: str | None,
    fields: str | None,
    details: bool,
    strict: bool,
    resume: bool,
    force: bool,
    escape_formulas: bool,
    key_file: str | None,
    as_json: bool,
) -> int:
    """Write all contacts to FILE; without it, to stdout.

    FILE gets its name when it is whole. If the export is stopped, --resume goes on. With
    --json, a report is written to stdout at the end.

    \b
    Examples:
      pgai export contacts.csv --fields id,email,company
      pgai export contacts.parquet --details --strict
      pgai export --format ndjson | gzip > contacts.ndjson.gz
    """
    from pgai.bulk import export

    if file is None and format is None:
        raise click.UsageError("without FILE, --format csv or --format ndjson is needed")
    if file is None and as_json:
        raise click.UsageError("the contacts go to stdout, so --json needs a FILE")
    target: str | BinaryIO = sys.stdout.buffer if file is None else file
    try:
        with (
            _progress.meter(stream=file is None) as meter,
            _options.client(key_file, on_event=meter.on_event) as contacts,
        ):
            report = export(
                contacts,
                target,
                format=format,
                fields=None if fields is None else fields.split(","),
                details=details,
                strict=strict,
                escape_formulas=escape_formulas,
                resume=resume,
                force=force,
                on_progress=meter.on_progress,
            )
    except (Exception, KeyboardInterrupt) as error:
        if file is not None and os.path.exists(f"{file}.part"):
            text = f"{file} is not whole yet: the same command with --resume goes on"
            _report.unfinished(error, text)
        raise
    where = "" if file is None else f" in {file}"
    return _report.tell(report, f"{report.contacts:,} contacts{where}", as_json)
