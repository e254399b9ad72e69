"""What a file of contacts has: columns, and rows, some of which cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Columns of a file of refused rows, which mean nothing when it is imported: the reason,
# and the text of a row that could not be read.
MARKS = REASON, TEXT = "refused_reason", "refused_row"


class BadRow(dict[str, Any]):
    """A row that cannot be read. An import refuses it, for its reason.

    Its only value, `refused_row`, is its text.

    Attributes
    ----------
    reason : str
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__({TEXT: text})
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a file, and a function that reads its rows from the first one on.

    A row has a value for each column; "" is an empty cell, None a null.
    """

    headers: tuple[str, ...]
    rows: Callable[[], Iterator[list[Any] | BadRow]]
    delimiter: str | None = None
    ignored: tuple[str, ...] = ()  # what is in the file and in no column
