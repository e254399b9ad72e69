"""What is said at the end of a job over all contacts."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import pgai

from . import _output
from ._text import shown

if TYPE_CHECKING:
    from pgai.bulk import ExportReport, SyncReport

INCOMPLETE = 6  # exit status


def unfinished(error: BaseException, text: str) -> None:
    """Say how to go on with a job that was stopped; not if its arguments were wrong."""
    if not isinstance(error, pgai.UsageError | FileExistsError):
        print(f"pgai: {shown(text)}", file=sys.stderr)


def tell(report: ExportReport | SyncReport, text: str, as_json: bool) -> int:
    """Say what a job did, and return the exit status."""
    if as_json:
        _output.write_values(asdict(report), as_json)
    else:
        proven = ", and none is missing" if report.complete else ""
        print(f"pgai: {text}{proven}", file=sys.stderr)
    if report.complete is not False:
        return 0
    if not as_json:
        reason = shown(report.incomplete_reason or "the reason is not known")
        print(f"pgai: contacts may be missing: {reason}", file=sys.stderr)
    return INCOMPLETE
