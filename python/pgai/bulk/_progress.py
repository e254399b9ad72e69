"""What jobs tell while they run, and whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes
    ----------
    unit : str
        What is counted: "contacts", "details", "missing" (contacts that are looked for),
        "rows", or "unknown" (rows whose outcome is looked for).
    done : int
        How many of them are done, with those of earlier runs of the same job.
    total : int or None
        How many there are; None: that is not known.
    requests : int
        Requests of this run.
    elapsed : float
        Seconds since this run began.
    time_left : float or None
        About how many seconds it still takes; None: that is not known.
    """

    unit: str
    done: int
    total: int | None
    requests: int
    elapsed: float
    time_left: float | None


OnProgress: TypeAlias = Callable[[Progress], object]
