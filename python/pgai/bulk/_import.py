"""Create contacts of rows, none twice."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from operator import length_hint
from typing import TYPE_CHECKING, Any

import pgai
from pgai._fields import FIELDS
from pgai._support import is_missing

from ._journal import (
    ADOPTED,
    CREATED,
    DUPLICATE,
    REFUSED,
    SENDING,
    UNKNOWN,
    Entry,
    Journal,
)
from ._progress import Progress
from ._sheet import BadRow
from ._walk import Place, Walk

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from ._progress import OnProgress

# A service that works on a request after its client died has answered by then.
SETTLE = 60.0  # seconds
# So many creates in a row of which nobody knows the outcome: something is wrong.
MOST_UNKNOWN = 3
_REFUSALS = (
    pgai.BadRequestError,
    pgai.ConflictError,
    pgai.UnprocessableEntityError,
    pgai.UsageError,
    TypeError,
)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the rows, with those of earlier runs of the same import.

    Attributes
    ----------
    rows : int
        How many there are.
    created : int
        Contacts that were created.
    adopted : int
        Rows whose outcome had been unknown, and whose contact was found.
    duplicates : int
        Rows that were left out, since a row before them or a contact of the service has
        the same e-mail address.
    refused, unknown : list of Entry
        Rows that were not created, and why; and those that may have been created: look
        whether they were.
    requests : int
        Requests of this run.
    elapsed : float
        Seconds that this run took.
    """

    rows: int
    created: int
    adopted: int
    duplicates: int
    refused: list[Entry]
    unknown: list[Entry]
    requests: int
    elapsed: float


def import_contacts(
    contacts: pgai.Contacts,
    rows: Iterable[Mapping[str, Any]],
    *,
    journal: str | os.PathLike[str],
    source: str | None = None,
    skip_known: bool = True,
    settle: float = SETTLE,
    on_progress: OnProgress | None = None,
) -> ImportReport:
    """Create a contact of each row, and none twice, however often the import is stopped.

    The journal, a file, has each row before it is sent, and what became of it afterwards.
    An import that is stopped, by Ctrl-C, a failure or a kill, is continued by the same
    call. Rows whose outcome is not known are then looked for among the contacts: see
    docs/moving-contacts.md.

    Parameters
    ----------
    contacts : Contacts
    rows : iterable of mapping
        The arguments of `Contacts.create()` by name. None and missing values are not
        sent. Or a `Source`, whose rows that cannot be read are refused.
        The same rows in the same order must be given when the import is continued.
    journal : str or os.PathLike
        A new file, or the one of the import that is continued.
    source : str, optional
        What the rows are from, such as a hash of a file. It must be the same when the
        import is continued.
    skip_known : bool
        Leave rows out whose e-mail address a contact of the service has already. To know
        that, the import walks over all contacts first.
    settle : float
        Seconds after which a request without a response is done, one way or the other.
        Rows whose outcome is not known are looked for when they have passed.
    on_progress : callable, optional
        Is called with a `Progress` after each row.

    Returns
    -------
    ImportReport

    Raises
    ------
    UsageError
        The journal is another one, or the rows are not those that it was begun with, or
        the key is for another account.
    OutcomeUnknownError
        Three rows in a row have no known outcome: something is wrong with the service.
        The journal has them.
    OSError, sqlite3.Error
        The journal could not be written; nothing was sent that is not in it.
    Error
        A call failed; the same call goes on.
    """
    with Journal(journal, contacts.base_url, source) as kept:
        job = _Import(contacts, kept, settle, on_progress)
        if skip_known and not kept.knows_service():
            walk = Walk(contacts, Place(), on_progress=on_progress)
            kept.keep_known(walk)
            job.requests += walk.requests
        # What the service may have done is looked for last: by then it is done.
        total = job.send(rows)
        job.resolve()
        counts = kept.counts()
        return ImportReport(
            total,
            counts[CREATED],
            counts[ADOPTED],
            counts[DUPLICATE],
            kept.in_state(REFUSED),
            kept.in_state(SENDING, UNKNOWN),
            job.requests,
            round(time.monotonic() - job.begun, 3),
        )


class _Import:
    """A run of an import: its rows one by one, and then those with an open outcome."""

    def __init__(
        self,
        contacts: pgai.Contacts,
        journal: Journal,
        settle: float,
        on_progress: OnProgress | None,
    ) -> None:
        self.requests = 0
        self.begun = time.monotonic()
        self._contacts = contacts
        self._journal = journal
        self._settle = settle
        self._on_progress = on_progress
        self._unknown = 0  # of the rows that were sent last
        self._ids = journal.some_ids()  # of contacts that earlier runs saw

    def send(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Send each row that the journal does not have; return how many there are."""
        total = length_hint(rows, -1)
        number = 0
        for number, row in enumerate(rows, 1):
            fields = present(row)
            if self._journal.find(number, fields) is None:
                self._take(number, fields)
            elapsed = time.monotonic() - self.begun
            left = elapsed / number * (total - number) if total >= number else None
            self._tell("rows", number, total if total >= number else None, left)
        return number

    def _take(self, number: int, fields: dict[str, Any]) -> None:
        reason = check_row(self._contacts, fields)
        if reason is not None:
            self._journal.put(number, fields, REFUSED, reason=reason)
            return
        double = self._double(fields.get("email"))
        if double is not None:
            id, reason = double
            self._journal.put(number, fields, DUPLICATE, id=id, reason=reason)
            return
        self._check_account()
        self._journal.put(number, fields, SENDING)
        self._create(number, fields)

    def _check_account(self) -> None:
        """See, once, whether the key is for the contacts that earlier runs saw.

        The rows of one account must neither be looked for in another, nor go there. The
        contacts tell it, since an account has other keys in time.
        """
        ids, self._ids = self._ids, []
        found = self._contacts.get_many(ids, prefetch=1)
        if ids and all(contact is None for contact in found):
            raise pgai.UsageError(
                f"the service has none of the contacts in {self._journal.path}: is the "
                "key for another account? Give the one that it was begun with, or choose "
                "another name"
            )
        self.requests += found.stats.requests

    def _double(self, email: object) -> tuple[str | None, str] | None:
        if not isinstance(email, str):
            return None
        entry = self._journal.of_email(email)
        if entry is not None:
            return entry.id, f"row {entry.number} has the same e-mail address"
        id = self._journal.known_id(email)
        if id is not None:
            return id, f"contact {id} has the same e-mail address"
        return None

    def _create(self, number: int, fields: dict[str, Any]) -> None:
        try:
            made = self._contacts.create(**fields)
        except BaseException as error:
            self._end_failed(number, fields, error)
        else:
            self._unknown = 0
            self.requests += 1
            self._journal.put(number, fields, CREATED, id=_text(made.id))

    def _end_failed(
        self, number: int, fields: dict[str, Any], error: BaseException
    ) -> None:
        """Write down what a failed create means for its row; raise what ends the job."""
        self.requests += getattr(error, "requests", 0)
        if isinstance(error, pgai.OutcomeUnknownError):
            self._journal.put(number, fields, SENDING, reason=str(error))
            self._unknown += 1
            if self._unknown < MOST_UNKNOWN:
                return
        elif isinstance(error, _REFUSALS):
            self._journal.put(number, fields, REFUSED, reason=str(error))
            return
        elif isinstance(error, pgai.Error) and not error.outcome_unknown:
            self._journal.forget(number)
        # Ctrl-C may come when the create has just returned: then nobody knows.
        raise error

    def resolve(self) -> None:
        """Look for the rows with an open outcome, and send those that are not there."""
        rows = self._journal.in_state(SENDING, UNKNOWN)
        if not rows:
            return
        self._check_account()
        age = min(time.time() - (row.sent_at or 0) for row in rows)
        pause = min(self._settle, max(0, self._settle - age))
        self._tell("unknown", 0, len(rows), pause)
        time.sleep(pause)
        seen = _Seen(rows)
        walk = Walk(self._contacts, Place(strict=True), on_progress=self._on_progress)
        for page in walk:
            seen.look_at(page)
        self.requests += walk.requests
        for number, row in enumerate(rows, 1):
            self._settle_row(row, seen, walk.complete is True)
            self._tell("unknown", number, len(rows))

    def _settle_row(self, row: Entry, seen: _Seen, complete: bool) -> None:
        """Adopt the contact of a row, or send it again, or leave it unknown."""
        id = self._find(row, seen.same[row.number])
        alike = [id for id in seen.alike[row.number] if self._is_free(id)]
        if id is not None:
            self._journal.put(row.number, row.fields, ADOPTED, id=id)
        elif alike:
            reason = f"contact {alike[0]} resembles it: is it the same?"
            self._journal.put(row.number, row.fields, UNKNOWN, id=alike[0], reason=reason)
        elif not complete:
            reason = "no such contact was found, but the list may have more"
            self._journal.put(row.number, row.fields, UNKNOWN, reason=reason)
        else:
            self._journal.forget(row.number)
            self._take(row.number, row.fields)

    def _find(self, row: Entry, ids: list[str]) -> str | None:
        """Return the id of the contact that has all that was sent, and is of no row."""
        free = [id for id in ids if self._is_free(id)]
        found = self._contacts.get_many(free)
        for id, contact in zip(free, found, strict=True):
            if contact is not None and _has(contact.to_dict(), row.fields):
                self.requests += found.stats.requests
                return id
        self.requests += found.stats.requests
        return None

    def _is_free(self, id: str) -> bool:
        return self._journal.owner(id) is None

    def _tell(
        self, unit: str, done: int, total: int | None, left: float | None = None
    ) -> None:
        if self._on_progress is not None:
            elapsed = time.monotonic() - self.begun
            self._on_progress(Progress(unit, done, total, self.requests, elapsed, left))


def check_row(contacts: pgai.Contacts, row: Mapping[str, Any]) -> str | None:
    """Say why a row cannot be created, without a request; None: nothing is wrong."""
    if isinstance(row, BadRow):
        return row.reason
    fields = present(row)
    unknown = [name for name in fields if name not in FIELDS]
    if unknown:
        return f"{unknown[0]!r} is no field of a contact: give it in extra"
    if not fields.get("first_name"):
        return "first_name is missing"
    try:
        contacts._client().create_call({name: fields.get(name) for name in FIELDS})
    except (pgai.UsageError, TypeError) as error:
        return str(error)
    return None


class _Seen:
    """Which contacts of a list may be those of rows.

    `same` has for each row the ids of those that have what it sends, as far as lists have
    it, and `alike` of those with its e-mail address, or with its name if it has none.
    """

    def __init__(self, rows: list[Entry]) -> None:
        self.same: dict[int, list[str]] = {row.number: [] for row in rows}
        self.alike: dict[int, list[str]] = {row.number: [] for row in rows}
        self._rows: dict[tuple[str, ...], list[Entry]] = {}
        for row in rows:
            email, name = _marks(row.fields)
            self._rows.setdefault(email or name, []).append(row)

    def look_at(self, page: pgai.Page) -> None:
        for contact in page:
            for mark in _marks(contact):
                for row in self._rows.get(mark, []):
                    if isinstance(contact.id, str):
                        self._compare(row, contact.id, contact.to_dict())

    def _compare(self, row: Entry, id: str, listed: dict[str, Any]) -> None:
        self.alike[row.number].append(id)
        sent = {name: row.fields[name] for name in row.fields if name in listed}
        if _has(listed, sent):
            self.same[row.number].append(id)


def _marks(fields: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the e-mail address, empty if there is none, and the name: to compare."""
    email = _folded(fields.get("email"))
    name = _folded(fields.get("first_name")), _folded(fields.get("last_name"))
    return (email,) if email else (), name


def _folded(value: object) -> str:
    return value.strip().casefold() if isinstance(value, str) else ""


def _has(contact: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """Tell whether a contact has everything that a row sends."""
    sent = {**fields, **(fields.get("extra") or {})}
    sent.pop("extra", None)
    return all(contact.get(name) == value for name, value in sent.items())


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a row that have a value; all of one that cannot be read."""
    if isinstance(row, BadRow):
        return row
    return {name: value for name, value in row.items() if not is_missing(value)}


def _text(id: object) -> str | None:
    return id if isinstance(id, str) else None
