"""Write all contacts to a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import pgai

from ._formats import format_of
from ._part import Part
from ._walk import Place, Walk, read_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._formats import Format
    from ._progress import OnProgress

SUFFIXES = {
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export did.

    Attributes
    ----------
    target : str or None
        The file; None: it was a stream.
    format : str
        "csv", "ndjson", "parquet" or "sqlite".
    contacts : int
        Contacts in the file, with those of earlier runs.
    requests : int
        Requests of this run.
    elapsed : float
        Seconds that this run took.
    complete : bool or None
        True: it is proven that none is missing; False: some are, or may be; None: there
        is no sign of it, and no proof.
    incomplete_reason : str or None
        Why some may be missing.
    resumed : bool
        Whether an earlier run was continued.
    """

    target: str | None
    format: str
    contacts: int
    requests: int
    elapsed: float
    complete: bool | None
    incomplete_reason: str | None
    resumed: bool


def export(
    contacts: pgai.Contacts,
    target: str | os.PathLike[str] | BinaryIO,
    *,
    format: str | None = None,
    fields: Iterable[str] | None = None,
    details: bool = False,
    strict: bool = False,
    prefetch: int | None = None,
    escape_formulas: bool = False,
    resume: bool = False,
    force: bool = False,
    on_progress: OnProgress | None = None,
) -> ExportReport:
    """Write all contacts to a file or a stream.

    The file gets its name when it is whole. Until then it is `TARGET.part`, beside its
    state, `TARGET.part.json`. If the export is stopped, by Ctrl-C, a failure or a kill,
    both stay, and `resume` goes on from there.

    Parameters
    ----------
    contacts : Contacts
    target : str, os.PathLike, or a binary stream
    format : str, optional
        "csv", "ndjson", "parquet" (needs pyarrow) or "sqlite" (a table `contacts`).
        Without it, the ending of the name says it. A stream takes "csv" and "ndjson".
    fields : iterable of str, optional
        Which fields, in this order; any that the service sends, and `extra`: a JSON
        object of the undocumented ones that are not among them. The default of JSON
        lines is all that was sent, exactly; of the others all documented fields and
        `extra`.
    details : bool
        Fetch each contact on its own: a request a contact. Lists lack some fields.
    strict : bool
        Prove that no contact is missing, for a fifth more requests. Where that cannot be
        proven, the export goes on without, and its report says why.
    prefetch : int, optional
        Requests in flight, 1 to 32; default 4.
    escape_formulas : bool
        CSV only: write a `'` before texts that a spreadsheet would run as a formula.
    resume : bool
        Go on with an unfinished export to the same target, if there is one.
    force : bool
        Replace a target that exists, and an unfinished export that is not resumed.
    on_progress : callable, optional
        Is called with a `Progress` after each page.

    Returns
    -------
    ExportReport

    Raises
    ------
    FileExistsError
        The target exists.
    UsageError
        An argument is wrong, or an unfinished export is there that does not fit.
    OSError
        The file could not be written; `resume` goes on when it can.
    Error
        A call failed; `resume` goes on.
    """
    chosen = None if fields is None else [str(name) for name in fields]
    path = target if isinstance(target, str | os.PathLike) else None
    name = format or _format_of_name(path)
    how = format_of(name, chosen, escape_formulas)

    def walk(place: Place) -> Walk:
        return Walk(
            contacts, place, details=details, prefetch=prefetch, on_progress=on_progress
        )

    if path is None:
        if resume or not how.streams:
            raise pgai.UsageError(
                f"a stream takes neither {name} nor resume: name a file"
                if not how.streams
                else "an export to a stream cannot be resumed: name a file"
            )
        done = walk(Place(strict=strict))
        _to_stream(done, how, target)  # type: ignore[arg-type]
        return _report(None, name, done, resumed=False)
    settings = {
        "job": "export",
        "service": contacts.base_url,
        "format": name,
        "fields": chosen,
        "details": details,
        "strict": strict,
        "escape_formulas": escape_formulas,
    }
    with Part(path, settings, resume=resume, force=force) as part:
        done = walk(read_place(part.place) if part.place else Place(strict=strict))
        _to_part(done, how, part)
    return _report(str(part.target), name, done, resumed=part.place is not None)


def _format_of_name(path: str | os.PathLike[str] | None) -> str:
    if path is None:
        raise pgai.UsageError("format must be given for a stream: csv or ndjson")
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    if suffix not in SUFFIXES:
        raise pgai.UsageError(
            f"format must be given: the name ends with none of {', '.join(SUFFIXES)}"
        )
    return SUFFIXES[suffix]


def _to_stream(walk: Walk, how: Format, stream: BinaryIO) -> None:
    stream.write(how.begin())
    for page in walk:
        stream.write(how.page(page))
    stream.flush()


def _to_part(walk: Walk, how: Format, part: Part) -> None:
    if part.place is None:
        part.append(how.begin(), walk.place)
    for page in walk:
        part.append(how.page(page), walk.place)
    part.finish(None if how.streams else how.build)


def _report(target: str | None, name: str, walk: Walk, *, resumed: bool) -> ExportReport:
    return ExportReport(
        target,
        name,
        walk.place.contacts,
        walk.requests,
        walk.elapsed,
        walk.complete,
        walk.place.reason,
        resumed,
    )
