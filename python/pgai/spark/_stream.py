"""The stream read: contacts that are new since the batch before, which has the cursor."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import pgai
from pgai.bulk._since import Since, pages_since, read_since

from ._columns import rows
from ._engine import available_now, datasource
from ._settings import Settings

# The last ids of a batch, by which its end is found again.
_ENDS = 20
# So many more are read to find the very last one.
_BEYOND = 100


class StreamReader(
    datasource.SimpleDataSourceStreamReader,  # type: ignore[misc]
    available_now(),  # type: ignore[misc]
    metaclass=ABCMeta,
):
    """Reads in one process beside the driver, since one walk has one cursor.

    An offset has the place behind its batch, how many contacts came up to there, and the
    last ids. They are what a batch ends with when it is repeated, even if contacts were
    deleted or added meanwhile.
    """

    def __init__(self, settings: Settings, columns: Sequence[str]) -> None:
        self._settings = settings
        self._columns = columns
        self._client: pgai.Contacts | None = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_client": None}

    def prepareForTriggerAvailableNow(self) -> None:
        """Do nothing: such a query ends at the first moment without new contacts."""

    def initialOffset(self) -> dict[str, Any]:
        place = Since()
        if self._settings.begin == "latest":
            *_, (_, place) = self._pages(Since())
        return _offset(place, 0, [])

    def read(self, start: dict[str, Any]) -> tuple[Iterator[tuple[Any, ...]], Any]:
        found: list[pgai.Contact] = []
        place = before = read_since(start["place"])
        for page, behind in self._pages(before):
            place = behind
            found += page
            if len(found) >= self._settings.max_rows:
                break
        if not found and place == before:
            return iter(()), start
        end = _offset(place, start["contacts"] + len(found), found)
        return iter(rows(found, self._columns)), end

    def readBetweenOffsets(
        self, start: dict[str, Any], end: dict[str, Any]
    ) -> Iterator[tuple[Any, ...]]:
        """Read a batch again, up to the last of its contacts that is still there."""
        count = end["contacts"] - start["contacts"]
        if count == 0:
            return iter(())
        found: list[pgai.Contact] = []
        ids: list[Any] = []
        for page, _ in self._pages(read_since(start["place"])):
            found += page
            ids += [each.id for each in page]
            if len(found) >= count and (
                end["last"][-1] in ids or len(found) >= count + _BEYOND
            ):
                break
        last = max((at for at, id in enumerate(ids) if id in end["last"]), default=None)
        if last is None:
            raise pgai.IncompleteError(
                "a batch of the stream cannot be repeated, since the last contacts of it "
                "are gone: begin with a new checkpoint"
            )
        return iter(rows(found[: last + 1], self._columns))

    def _pages(self, place: Since) -> Iterator[tuple[pgai.Page, Since]]:
        settings = self._settings
        if self._client is None:
            self._client = settings.client()
        return pages_since(
            self._client, place, strict=settings.strict, details=settings.details
        )


def _offset(place: Since, contacts: int, found: Sequence[pgai.Contact]) -> dict[str, Any]:
    last = [contact.id for contact in found[-_ENDS:]]
    return {"place": asdict(place), "contacts": contacts, "last": last}
