"""A walk over all contacts, with a place from which another run can go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pgai

from ._progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._progress import OnProgress


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands in the list of contacts.

    `strict` walks prove that nothing is missing. One that cannot prove it any more goes
    on without: `reason` then says why.
    """

    cursor: str | None = None
    contacts: int = 0
    strict: bool = False
    reason: str | None = None


def read_place(values: Any) -> Place:
    """Return the place that was written down as a dict; UsageError: it is none."""
    try:
        place = Place(**values)
    except TypeError:
        place = Place(contacts=-1)
    if (
        not isinstance(place.cursor, str | None)
        or not isinstance(place.contacts, int)
        or place.contacts < 0
        or not isinstance(place.strict, bool)
        or not isinstance(place.reason, str | None)
    ):
        raise pgai.UsageError("the state of the job is damaged: begin anew")
    return place


class Walk:
    """Pages of all contacts from a place on; `place` stands behind the last one.

    A strict walk that fails as incomplete goes on as a plain one: `complete` is False.
    """

    def __init__(
        self,
        contacts: pgai.Contacts,
        place: Place,
        *,
        details: bool = False,
        prefetch: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self.place = place
        self.complete: bool | None = False
        self.requests = 0
        self.elapsed = 0.0
        self._contacts = contacts
        self._details = details
        self._prefetch = prefetch
        self._on_progress = on_progress

    def __iter__(self) -> Iterator[pgai.Page]:
        try:
            yield from self._pages(self.place.strict)
        except pgai.IncompleteError as error:
            self._move(error.cursor, 0, strict=False, reason=error.message)
            yield from self._pages(strict=False)

    def _pages(self, strict: bool) -> Iterator[pgai.Page]:
        walk = self._contacts.pages(
            cursor=self.place.cursor,
            strict=strict,
            details=self._details,
            prefetch=self._prefetch,
        )
        try:
            for page in walk:
                self._move(walk.cursor, len(page))
                yield page
                if self._on_progress:
                    self._on_progress(self._progress(walk.stats))
        finally:
            self.requests += walk.stats.requests
            self.elapsed += walk.stats.elapsed
        if self.place.reason is None:
            self.complete = walk.stats.complete
            self._move(walk.cursor, 0, reason=walk.stats.incomplete_reason)

    def _progress(self, stats: pgai.WalkStats) -> Progress:
        return Progress(
            "contacts",
            self.place.contacts,
            stats.total,
            self.requests + stats.requests,
            self.elapsed + stats.elapsed,
            stats.time_left,
        )

    def _move(
        self,
        cursor: str | None,
        more: int,
        *,
        strict: bool | None = None,
        reason: str | None = None,
    ) -> None:
        before = self.place
        self.place = Place(
            cursor,
            before.contacts + more,
            before.strict if strict is None else strict,
            before.reason or reason,
        )
