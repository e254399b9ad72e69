"""Contacts that were added at the end of the list since a place in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pgai

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

ELSEWHERE = (
    "{} contacts were added, but not at the end of the list, where this job looks for "
    "new ones: read all contacts"
)


@dataclass(frozen=True, slots=True)
class Since:
    """Where a job stands in the list of contacts.

    `known` is the total of the list that explains all contacts up to here: the one at
    its end, and what came since. None: the end was not reached yet.
    """

    cursor: str | None = None
    known: int | None = None


def read_since(values: Any) -> Since:
    """Return the place that was kept as a dict; UsageError: it is none."""
    try:
        place = Since(**values)
    except TypeError:
        place = Since(known=-1)
    if not isinstance(place.cursor, str | None) or (
        place.known is not None and (type(place.known) is not int or place.known < 0)
    ):
        raise pgai.UsageError("the place that was kept is damaged: read all contacts")
    return place


def pages_since(
    contacts: pgai.Contacts, place: Since, *, strict: bool = True, details: bool = False
) -> Iterator[tuple[pgai.Page, Since]]:
    """Yield the pages behind a place, each with the place behind it.

    The last page may be empty. A strict walk proves that none is missing, or fails with
    IncompleteError, which is also raised if contacts were added elsewhere than behind
    the place: those would never come.
    """
    place, total = yield from _walk(contacts, place, strict, details, None)
    if strict and _unexplained(place, total):
        # Pages in flight together may tell totals of different moments: now one by one.
        place, total = yield from _walk(contacts, place, strict, details, 1)
        if more := _unexplained(place, total):
            raise pgai.IncompleteError(ELSEWHERE.format(more))
    yield pgai.Page(), Since(place.cursor, total)


def _walk(
    contacts: pgai.Contacts,
    place: Since,
    strict: bool,
    details: bool,
    prefetch: int | None,
) -> Generator[tuple[pgai.Page, Since], None, tuple[Since, int | None]]:
    """Yield pages up to the end; return the place there, and the total of the list."""
    walk = contacts.pages(
        cursor=place.cursor, strict=strict, details=details, prefetch=prefetch
    )
    gone = 0
    for page in walk:
        known = place.known
        if known is not None:
            known += len(page) + walk.stats.gone - gone
            gone = walk.stats.gone
        place = Since(walk.cursor, known)
        yield page, place
    return Since(walk.cursor, place.known), walk.stats.total


def _unexplained(place: Since, total: int | None) -> int:
    """Return by how much the total is above what is known."""
    if place.known is None or total is None:
        return 0
    return max(0, total - place.known)
