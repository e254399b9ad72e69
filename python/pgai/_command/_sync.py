"""`pgai sync`: a SQLite table of all contacts."""

from __future__ import annotations

import sys

import click

from . import _options, _progress, _report


@click.command("sync")
@click.argument("file", type=click.Path())
@_options.details
@_options.strict
@click.option(
    "--max-gone",
    type=float,
    default=10,
    show_default=True,
    metavar="PERCENT",
    help="The most contacts that one run may mark as gone.",
)
@_options.key_file
@_options.as_json
def sync_(
    file: str,
    details: bool,
    strict: bool,
    max_gone: float,
    key_file: str | None,
    as_json: bool,
) -> int:
    """Bring the SQLite table in FILE up to date with all contacts.

    The view "contacts" has them. No row is deleted: gone_since says which are gone. A run
    that is stopped is continued by the next one.

    \b
    Examples:
      pgai sync contacts.sqlite
      sqlite3 contacts.sqlite 'SELECT email FROM contacts WHERE gone_since IS NULL'
    """
    from pgai.bulk import sync

    try:
        with (
            _progress.meter() as meter,
            _options.client(key_file, on_event=meter.on_event) as contacts,
        ):
            report = sync(
                contacts,
                file,
                details=details,
                strict=strict,
                max_gone=max_gone,
                on_progress=meter.on_progress,
            )
    except (Exception, KeyboardInterrupt) as error:
        text = f"{file} is not up to date yet: the same command goes on"
        _report.unfinished(error, text)
        raise
    status = _report.tell(
        report,
        f"{report.contacts:,} contacts in {file}: {report.added:,} new, "
        f"{report.changed:,} changed, {report.returned:,} back, {report.gone:,} gone",
        as_json,
    )
    if report.held_back and not as_json:
        print(
            f"pgai: {report.held_back:,} more seem to be gone, which is more than "
            f"{max_gone:g} percent: look why, and allow it with --max-gone",
            file=sys.stderr,
        )
    return status
