"""How far a job is, on stderr: a line that changes on a terminal, else some lines."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pgai
    from pgai.bulk import Progress

EVERY = 10.0  # seconds between lines, where no terminal is
WORTH_TELLING = 1.0  # seconds of a wait
CAUSES = {
    "pacing": "the rate limit",
    "limited": "the rate limit",
    "backoff": "the next attempt",
}


class Meter:
    """Takes what jobs and the client tell, and makes a line of it."""

    def __init__(self) -> None:
        self._first: Progress | None = None
        self._last: Progress | None = None
        self._wait = ""
        self._allowance = ""

    def on_event(self, event: pgai.Event) -> None:
        if event.kind == "wait":
            seconds = event.wait or 0
            cause = CAUSES[event.cause or "pacing"]
            long = seconds >= WORTH_TELLING
            self._wait = f"waits {_time(seconds)} for {cause}" if long else ""
            self.show()
        elif event.kind == "request":
            self._wait = ""
        elif event.kind == "response":
            self._allowance = ""
            if event.remaining is not None and event.limit is not None:
                self._allowance = f"{event.remaining:,} of {event.limit:,} requests free"

    def on_progress(self, progress: Progress) -> None:
        if self._first is None or self._first.unit != progress.unit:
            self._first = progress
        self._last = progress
        self.show()

    def line(self, width: int | None = None) -> str:
        """Return the line: where it is narrow, without what matters least."""
        first, last = self._first, self._last
        count = rate = left = ""
        if first and last:
            total = "" if last.total is None else f" of {last.total:,}"
            count = f"{last.done:,}{total} {last.unit}"
            rate = _rate(last.done - first.done, last.elapsed - first.elapsed)
            left = "" if last.time_left is None else f"{_time(last.time_left)} left"
        parts = [count, rate, left, self._allowance, self._wait]
        line = ", ".join(filter(None, parts))
        for part in (self._allowance, rate, left):
            if width is None or len(line) <= width:
                break
            parts.remove(part)
            line = ", ".join(filter(None, parts))
        return line

    def show(self) -> None:
        """Show the line; this one shows nothing."""


class _Lines(Meter):
    """Plain lines, at most one every ten seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = time.monotonic()

    def show(self) -> None:
        if time.monotonic() - self._shown >= EVERY:
            self._shown = time.monotonic()
            print(f"pgai: {self.line()}", file=sys.stderr, flush=True)


class _Live(Meter):
    """One line that changes."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console
        from rich.live import Live

        self.live = Live(
            console=Console(stderr=True, highlight=False),
            transient=True,
            auto_refresh=True,
        )

    def show(self) -> None:
        from rich.text import Text

        line = self.line(self.live.console.width)
        self.live.update(Text(line, no_wrap=True, overflow="ellipsis"))


@contextmanager
def meter(stream: bool = False) -> Iterator[Meter]:
    """Yield what shows the progress meanwhile.

    `stream` says that data goes to stdout: if that is a terminal, nothing else is shown.
    """
    if stream and sys.stdout.isatty():
        yield Meter()
    elif (
        not sys.stderr.isatty()
        or os.environ.get("TERM", "dumb") in ("dumb", "unknown")
        or os.environ.get("PGAI_LOG")
    ):
        yield _Lines()
    else:
        live = _Live()
        with live.live:
            yield live


def _rate(done: int, seconds: float) -> str:
    if seconds <= 0:
        return ""
    rate = done / seconds
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate * 60:,.0f}/min"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
