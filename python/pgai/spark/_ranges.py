"""Ranges of a list that meet at contacts, so that no move in the list opens a gap.

Pages are numbered, and contacts move over the edges of pages when others are added or
deleted. So an edge between two ranges is told by the contacts on both sides of it, which
one response showed as neighbours. A range begins behind the last contact before its edge,
in a response that shows both sides, and ends before the first contact behind its other
edge. Contacts that existed throughout have a place on one side of an edge, whatever
moves, and so are in one range.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, NoReturn

import pgai

if TYPE_CHECKING:
    from collections.abc import Iterator

# Contacts that are remembered, since added ones move others into pages to come.
_REMEMBERED = 4096
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Edge:
    """Ids on both sides, in order, and the position of the first behind it."""

    position: int
    before: tuple[str, ...]
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A part of all contacts: `count` pages from page `start` on, between two edges.

    No edge: the range begins or ends with the list. `total` is that of the plan.
    """

    number: int
    of: int
    start: int
    count: int | None
    limit: int
    total: int | None
    first: Edge | None = None
    last: Edge | None = None

    def __str__(self) -> str:
        end = "the end" if self.count is None else str(self.start + self.count - 1)
        return f"range {self.number} of {self.of}, pages {self.start} to {end}"

    def __repr__(self) -> str:
        return f"<{self}>"


def plan_ranges(contacts: pgai.Contacts, parts: int) -> list[Range]:
    """Cut all contacts into ranges. It costs one request a range."""
    plan = contacts.plan(parts)
    edges: list[Edge] = []
    total = None
    for part in plan[1:]:
        start, limit = part["start"] or 1, part["limit"] or 1
        page = contacts.list(start, limit)
        total = page.total if total is None else total
        half = len(page) // 2
        if half == 0:
            # The list ended before, by now.
            break
        ids = _ids(page)
        position = (start - 1) * limit + half
        edges.append(Edge(position, tuple(ids[:half]), tuple(ids[half:])))
    of = len(edges) + 1
    return [
        Range(
            number,
            of,
            part["start"] or 1,
            part["count"] if number < of else None,
            part["limit"] or 1,
            total,
            first,
            last,
        )
        for number, part, first, last in zip(
            range(1, of + 1), plan, [None, *edges], [*edges, None], strict=False
        )
    ]


def _ids(contacts: pgai.Page | list[pgai.Contact]) -> list[str]:
    ids = [contact.id for contact in contacts]
    if not all(isinstance(id, str) and id for id in ids):
        raise pgai.IncompleteError(
            "a contact has no id, so ranges cannot meet at it: read with strict=false"
        )
    return ids  # type: ignore[return-value]


class RangeWalk:
    """A walk over the contacts of a range.

    IncompleteError: some may be missing. A new walk over the same range may succeed.
    """

    def __init__(
        self, contacts: pgai.Contacts, part: Range, *, details: bool, prefetch: int | None
    ) -> None:
        self._contacts = contacts
        self._part = part
        self._details = details
        # Of two pages in flight, the one behind may be answered before a contact is added
        # and the other after it: the contact that moves between them would be in neither.
        # That shows, and fails the walk. The pages of a walk with details are not in
        # flight together.
        self._prefetch = prefetch or (None if details else 1)
        self._total = 0
        self._recent: deque[str] = deque(maxlen=_REMEMBERED)
        self._known: set[str] = set()

    def __iter__(self) -> Iterator[list[pgai.Contact]]:
        last = self._part.last
        start, limit, walk = self._begin()
        following = start + (self._count(limit) or 0)
        for found in chain(walk, self._further(following, limit)):
            cut = None if last is None else _first(found, last.behind)
            yield self._new(found[:cut])
            if cut is not None:
                break
        else:
            if last is not None:
                self._fail("the contacts where it ends are gone, or moved too fast")
        # Whether there was a sign of a gap is known when a walk is over.
        for _ in walk:
            pass

    def _further(self, page: int, limit: int) -> Iterator[list[pgai.Contact]]:
        """Go on page by page, where added contacts moved the end of the range."""
        if self._part.last is None:
            return
        # As many again: a list that grows faster is not caught up with.
        for each in range(page, page + (self._count(limit) or 0) + _TRIES):
            if (each - 1) * limit >= self._total:
                return
            yield from self._walk(each, limit, 1)

    def _begin(self) -> tuple[int, int, Iterator[list[pgai.Contact]]]:
        """Return the page and the limit of the walk, and what it finds in the range."""
        edge = self._part.first
        if edge is None:
            start, limit = self._part.start, self._part.limit
            return start, limit, self._walk(start, limit, self._count(limit))
        for attempt in range(5):
            if attempt == 0 and not self._details:
                # Mostly it is where it was, and the page is of use.
                start, limit = _window(edge.position, self._part.limit)
            else:
                start, limit = self._find(edge)
            walk = self._walk(start, limit, self._count(limit))
            page = next(walk, [])
            cut = _behind(page, edge)
            if cut is not None:
                return start, limit, chain([page[cut:]], walk)
        self._fail("contacts move too fast where it begins")

    def _count(self, limit: int) -> int | None:
        """Return how many pages of a limit show the range and both of its edges."""
        part = self._part
        if part.count is None:
            return None
        pages = -(-part.count * part.limit // limit)
        return pages + (part.last is not None)

    def _find(self, edge: Edge) -> tuple[int, int]:
        """Return a page, and its limit, with the place where an edge is now."""
        step = self._part.limit
        guesses = deque([0])
        tried: set[tuple[int, int]] = set()
        most = _TRIES
        shifts = (sign * step * far for far in count(1) for sign in (1, -1))
        while len(tried) < most:
            position = edge.position + (guesses.popleft() if guesses else next(shifts))
            window = _window(max(1, position), step)
            if window in tried:
                continue
            tried.add(window)
            page = self._contacts.list(*window)
            shift = _shift(_ids(page), edge, (window[0] - 1) * window[1])
            if shift is not None:
                return _window(max(1, edge.position + shift), step)
            if len(tried) == 1 and self._part.total is not None and page.total:
                guesses.append(page.total - self._part.total)
                most += 2 * abs(guesses[0]) // step
        self._fail("the contacts where it begins cannot be found")

    def _walk(
        self, start: int, limit: int, count: int | None
    ) -> Iterator[list[pgai.Contact]]:
        walk = self._contacts.pages(
            start=start,
            count=count,
            limit=limit,
            details=self._details,
            prefetch=self._prefetch,
        )
        for page in walk:
            total = walk.stats.total
            if total is not None and total < self._total:
                self._fail("contacts were deleted meanwhile, so others may be missing")
            self._total = total or 0
            yield list(page)
        if walk.stats.complete is False:
            self._fail(walk.stats.incomplete_reason or "contacts may be missing")

    def _new(self, found: list[pgai.Contact]) -> list[pgai.Contact]:
        """Return those that did not come before."""
        new = []
        for contact, id in zip(found, _ids(found), strict=True):
            if id in self._known:
                continue
            if len(self._recent) == _REMEMBERED:
                self._known.discard(self._recent[0])
            self._recent.append(id)
            self._known.add(id)
            new.append(contact)
        return new

    def _fail(self, why: str) -> NoReturn:
        raise pgai.IncompleteError(f"{self._part}: {why}")


def _first(found: list[pgai.Contact], ids: tuple[str, ...]) -> int | None:
    """Return the index of the first contact with one of these ids."""
    known = set(ids)
    return next((at for at, each in enumerate(found) if each.id in known), None)


def _behind(found: list[pgai.Contact], edge: Edge) -> int | None:
    """Return the index behind the last contact before an edge; None: not both sides."""
    end = _first(found, edge.behind)
    if end is None:
        return None
    known = set(edge.before)
    cuts = [at + 1 for at, each in enumerate(found[:end]) if each.id in known]
    return cuts[-1] if cuts else None


def _shift(ids: list[str], edge: Edge, position: int) -> int | None:
    """Return how far an edge moved, by where one of its ids is now."""
    known = (*edge.before, *edge.behind)
    first = edge.position - len(edge.before)
    for at, id in enumerate(ids):
        if id in known:
            return position + at - (first + known.index(id))
    return None


def _window(position: int, most: int) -> tuple[int, int]:
    """Return the page, and its limit, that has a position not near one of its ends."""
    limits = range(most, max(1, most - 4), -1)
    limit = max(limits, key=lambda each: min(position % each, each - position % each, 8))
    return position // limit + 1, limit
