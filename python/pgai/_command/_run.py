"""How a run of the command ends: its exit status, and what it says on stderr."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

import pgai

from ._group import ClosedPipe, cli
from ._text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED, USAGE, NOT_FOUND, NOT_ALLOWED, UNKNOWN, INCOMPLETE = range(1, 7)
INTERRUPTED = 130
CLOSED_PIPE = 141  # as of a program that SIGPIPE ended

_STATUSES: tuple[tuple[type[pgai.Error], int], ...] = (
    (pgai.UsageError, USAGE),
    (pgai.NotFoundError, NOT_FOUND),
    (pgai.AuthenticationError, NOT_ALLOWED),
    (pgai.PermissionDeniedError, NOT_ALLOWED),
    (pgai.IncompleteError, INCOMPLETE),
)


class Failure(NamedTuple):
    """What is said of an exception, and the exit status."""

    status: int
    text: str
    kind: str
    error: pgai.Error | None = None


def _prepare(out: object) -> None:
    """Data is UTF-8; a name that a terminal cannot show must not end the command."""
    if not isinstance(out, io.TextIOWrapper):
        return
    if out.isatty():
        out.reconfigure(errors="replace")
    else:
        out.reconfigure(encoding="utf-8")


def _stop_once(number: int, frame: object) -> NoReturn:
    """Take the first Ctrl-C alone: a second one would disturb what the first one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(arguments: Sequence[str]) -> int:
    """Run the command, and return its exit status."""
    status: int | None
    _prepare(sys.stdout)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop_once)
    try:
        status = cli.main(list(arguments), "pgai", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, ClosedPipe):
        # What is left in the buffer would fail again when Python ends.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except (Exception, KeyboardInterrupt) as error:
        failure = _judge(error)
        if failure is None:
            raise
        _say(failure, "--json" in arguments)
        return failure.status
    return status or 0


def _judge(error: BaseException) -> Failure | None:
    """Say what an exception means; None: it is a fault of this program."""
    if isinstance(error, click.exceptions.Abort):
        error = error.__cause__ or KeyboardInterrupt()
    kind = type(error).__name__
    if isinstance(error, KeyboardInterrupt | EOFError):
        doubt = error.__cause__
        text = str(doubt) if isinstance(doubt, pgai.OutcomeUnknownError) else "stopped"
        return Failure(INTERRUPTED, text, "KeyboardInterrupt")
    if isinstance(error, pgai.Error):
        return Failure(_status_of(error), str(error), kind, error)
    if isinstance(error, click.ClickException):
        return Failure(error.exit_code, _usage(error), "UsageError")
    if isinstance(error, OSError):
        return Failure(FAILED, _system(error), kind)
    if isinstance(error, MemoryError):
        return Failure(FAILED, "there is not enough memory", kind)
    # It is slow to import, and only some commands do.
    sqlite3 = sys.modules.get("sqlite3")
    if sqlite3 and isinstance(error, sqlite3.Error):
        return Failure(FAILED, f"the database could not be used: {error}", kind)
    return None


def _status_of(error: pgai.Error) -> int:
    if error.outcome_unknown or isinstance(error, pgai.OutcomeUnknownError):
        return UNKNOWN
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return status
    return FAILED


def _usage(error: click.ClickException) -> str:
    text = error.format_message().rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx:
        text += f"; see {error.ctx.command_path} --help"
    return text


def _system(error: OSError) -> str:
    if error.errno is None:
        return str(error)
    reason = os.strerror(error.errno)
    return f"{error.filename}: {reason}" if error.filename else f"cannot write: {reason}"


def _say(failure: Failure, as_json: bool) -> None:
    if not as_json:
        print(f"pgai: {shown(failure.text)}", file=sys.stderr)
        return
    error = failure.error
    values = {"kind": failure.kind, "message": failure.text, "exit": failure.status}
    if error is not None:
        values["message"] = error.message
        for name in ("status", "code", "details", "request_id", "retry_after", "cursor"):
            if getattr(error, name) is not None:
                values[name] = getattr(error, name)
    print(json.dumps({"error": values}), file=sys.stderr)
