"""Keep a table of all contacts up to date."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pgai

from ._progress import Progress
from ._table import Table
from ._walk import Place, Walk, read_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ._progress import OnProgress


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did.

    Attributes
    ----------
    contacts : int
        Contacts in the table that are not gone.
    added, changed, returned, gone : int
        How many are new, differ from before, were gone and are there again, and were
        marked as gone.
    missing : int
        Contacts that were not seen, and that are looked for if the next run does not see
        them either.
    held_back : int
        Contacts that two runs did not see, and that are not marked as gone, as they are
        more than `max_gone` allows.
    requests : int
        Requests of this run.
    elapsed : float
        Seconds that this run took for them.
    complete : bool or None
        True: it is proven that all contacts are in the table; False: some are missing, or
        may be; None: there is no sign of it, and no proof.
    incomplete_reason : str or None
        Why some may be missing.
    resumed : bool
        Whether an earlier run was continued.
    """

    contacts: int
    added: int
    changed: int
    returned: int
    gone: int
    missing: int
    held_back: int
    requests: int
    elapsed: float
    complete: bool | None
    incomplete_reason: str | None
    resumed: bool


def sync(
    contacts: pgai.Contacts,
    database: str | os.PathLike[str],
    *,
    details: bool = False,
    strict: bool = False,
    max_gone: float = 10,
    prefetch: int | None = None,
    on_progress: OnProgress | None = None,
) -> SyncReport:
    """Bring a SQLite table up to date with all contacts.

    The view `contacts` has the documented fields, `extra` and `json`, the exact text; and
    `first_seen`, `last_seen` and `gone_since`, times in UTC. No row is ever deleted. A
    contact is marked as gone when two runs in a row did not see it, and the service then
    says that it does not exist. A run that is stopped is continued by the next one.

    Parameters
    ----------
    contacts : Contacts
    database : str or os.PathLike
        Of a file that is new, or was made by a sync with the same service.
    details : bool
        Fetch each contact that is new, or whose listed fields changed, on its own: lists
        lack some fields. A run without loses those of contacts that changed.
    strict : bool
        Prove that no contact is missing, for a fifth more requests. Where that cannot be
        proven, the run goes on without, and its report says why.
    max_gone : float
        The most contacts that one run may mark as gone, in percent of those in the table,
        but at least one. If there are more, none is marked.
    prefetch : int, optional
        Requests in flight, 1 to 32; default 4.
    on_progress : callable, optional
        Is called with a `Progress` after each page.

    Returns
    -------
    SyncReport

    Raises
    ------
    UsageError
        The file is not that of a sync with this service, or an argument is wrong.
    OSError, sqlite3.Error
        The file could not be read or written; the next run goes on.
    Error
        A call failed; the next run goes on.
    """
    if not 0 <= max_gone <= 100:
        raise pgai.UsageError(f"max_gone must be a percentage, 0 to 100, not {max_gone}")
    with Table(database, contacts.base_url) as table:
        place = table.begin()
        walk = Walk(
            contacts,
            read_place(place) if place is not None else Place(strict=strict),
            prefetch=prefetch,
            on_progress=on_progress,
        )
        many = _Many(contacts, prefetch, on_progress)
        for page in walk:
            table.take(page, walk.place)
        if details:
            for id, contact in many.fetch("details", table.without_details()):
                table.put_details(id, contact)
        _end(table, many, max_gone)
        return SyncReport(
            contacts=table.living(),
            added=table.counts["added"],
            changed=table.counts["changed"],
            returned=table.counts["returned"],
            gone=table.counts["gone"],
            missing=table.counts["missing"],
            held_back=table.counts["held_back"],
            requests=walk.requests + many.requests,
            elapsed=walk.elapsed + many.elapsed,
            complete=walk.complete,
            incomplete_reason=walk.place.reason,
            resumed=place is not None,
        )


class _Many:
    """Contacts of given ids, as steps of a job."""

    def __init__(
        self,
        contacts: pgai.Contacts,
        prefetch: int | None,
        on_progress: OnProgress | None,
    ) -> None:
        self.requests = 0
        self.elapsed = 0.0
        self._contacts = contacts
        self._prefetch = prefetch
        self._on_progress = on_progress

    def fetch(
        self, unit: str, ids: Sequence[str]
    ) -> Iterator[tuple[str, pgai.Contact | None]]:
        """Yield each id with its contact, or None: the service does not have it."""
        if not ids:
            return
        found = self._contacts.get_many(ids, prefetch=self._prefetch)
        try:
            for done, (id, contact) in enumerate(zip(ids, found, strict=True), 1):
                yield id, contact
                if self._on_progress:
                    self._on_progress(self._progress(unit, done, len(ids), found.stats))
        finally:
            self.requests += found.stats.requests
            self.elapsed += found.stats.elapsed

    def _progress(
        self, unit: str, done: int, total: int, stats: pgai.WalkStats
    ) -> Progress:
        return Progress(
            unit,
            done,
            total,
            self.requests + stats.requests,
            self.elapsed + stats.elapsed,
            stats.time_left,
        )


def _end(table: Table, many: _Many, max_gone: float) -> None:
    """End the run: mark as gone what it missed again, if the service says so, too."""
    again = {row.id: row for row in table.missing() if row.missed}
    if len(again) > max(1, max_gone * table.living() / 100):
        table.counts["held_back"] = len(again)
        again = {}
    for id, contact in many.fetch("missing", list(again)):
        table.put_missing(again[id], contact)
    table.end()
