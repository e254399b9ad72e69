"""The batch read: all contacts, in partitions that are walks."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import pgai

from ._columns import batches
from ._engine import datasource
from ._ranges import Range, RangeWalk, plan_ranges
from ._settings import Settings

# The most contacts that the service gives at once.
_PAGE = 50


class Reader(datasource.DataSourceReader, metaclass=ABCMeta):  # type: ignore[misc]
    """Plans the partitions, and reads one in a task. Spark pickles it."""

    def __init__(self, settings: Settings, columns: Sequence[str]) -> None:
        self._settings = settings
        self._columns = columns
        self._at_once = 1

    def partitions(self) -> list[Any]:
        settings = self._settings
        if settings.limit is not None or settings.partitions == 1:
            return [datasource.InputPartition(None)]
        with settings.client() as contacts:
            if settings.strict:
                ranges: list[Any] = plan_ranges(contacts, settings.partitions)
            else:
                ranges = list(contacts.plan(settings.partitions))
        if len(ranges) == 1:
            ranges = [None]
        self._at_once = min(len(ranges), settings.tasks or len(ranges))
        return [datasource.InputPartition(each) for each in ranges]

    def read(self, partition: Any) -> Iterator[Any]:
        part = partition.value
        with self._settings.client(self._at_once) as contacts:
            try:
                yield from batches(self._pages(contacts, part), self._columns)
            except pgai.Error as error:
                where = "all contacts" if part is None else str(part)
                error.add_note(f"pgai.spark: while reading {where}")
                raise

    def _pages(
        self, contacts: pgai.Contacts, part: Any
    ) -> Iterator[Sequence[pgai.Contact]]:
        settings = self._settings
        details, prefetch = settings.details, settings.prefetch
        if isinstance(part, Range):
            yield from RangeWalk(contacts, part, details=details, prefetch=prefetch)
        elif part is not None:
            yield from contacts.pages(**part, details=details, prefetch=prefetch)
        elif settings.limit is None:
            yield from contacts.pages(
                strict=settings.strict, details=details, prefetch=prefetch
            )
        else:
            yield from self._first(contacts, settings.limit)

    def _first(
        self, contacts: pgai.Contacts, limit: int
    ) -> Iterator[Sequence[pgai.Contact]]:
        """Yield the first contacts, by no more requests than their pages."""
        strict = self._settings.strict and limit > _PAGE
        walk = contacts.each(
            strict=strict,
            count=None if strict else -(-limit // _PAGE),
            details=self._settings.details,
            # A strict walk has no end to keep to.
            prefetch=1 if strict else self._settings.prefetch,
            limit=min(limit, _PAGE),
        )
        while some := list(islice(walk, min(limit, _PAGE))):
            yield some
            limit -= len(some)
