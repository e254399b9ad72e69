"""What many workers with one key get of a rate limit, on virtual time.

    python tests/bench/python/simulate_workers.py

Each worker has four requests in flight, with a response time of 200 ms, and paces by the
rules of docs/design/pacing.md, (a) and (b). The limiter counts fixed minutes. Workers are
alone (each has a pacer of its own), have a share each (`share`), or have one pacer
(`pace="shared"`). The first two minutes are not counted.
"""

import heapq
import random
import sys
from collections import deque
from dataclasses import dataclass, field
from itertools import count

WAY = 0.1
IN_FLIGHT = 4
WINDOW = 60.0
GUARD = 1.0
RESERVE = 3
PAGES = 200_000
MODES = ("alone", "share", "one pacer")


@dataclass
class Pacer:
    limit: int
    share: float = 1.0
    remaining: int = -1
    reset_at: float = 0.0
    hold_until: float = 0.0
    reserve_until: float = 0.0
    in_flight: int = 0
    last_sent: float = -WINDOW
    receipts: deque = field(default_factory=deque)
    waiting: list = field(default_factory=list)

    def ready_at(self, now):
        """When the next request may leave; None: after a response."""
        ready = max(now, self.hold_until)
        own = max(1, int(self.share * self.limit))
        while self.receipts and self.receipts[0] <= now - WINDOW:
            self.receipts.popleft()
        if self.in_flight >= own:
            return None
        if len(self.receipts) + self.in_flight >= own:
            ready = max(ready, self.receipts[0] + WINDOW)
        if self.share < 1 and self.share * self.limit >= 2:
            rate = self.share * self.limit - max(1, 3 * self.share)
            ready = max(ready, self.last_sent + WINDOW / rate)
        reserve = RESERVE if now < self.reserve_until and self.limit > 6 else 0
        if self.remaining >= 0 and self.remaining - self.in_flight <= reserve:
            if now < self.reset_at + GUARD:
                ready = max(ready, self.reset_at + GUARD)
            elif self.in_flight:
                return None
        elif self.remaining < 0 and self.in_flight:
            return None
        return ready

    def answered(self, now, remaining, reset, refused):
        self.in_flight -= 1
        self.receipts.append(now)
        passed = now >= self.reset_at
        if self.remaining < 0 or passed or remaining < self.remaining:
            self.remaining = remaining
        self.reset_at = now + reset
        if refused:
            self.hold_until = max(self.hold_until, now + reset)
            self.reserve_until = now + 5 * WINDOW


def simulate(limit, workers, mode, minutes=12, skipped=2, seed=1):
    """Return the pages a minute, and the 429s a minute."""
    dice = random.Random(seed)
    one = Pacer(limit)
    share = 1 / workers if mode == "share" else 1.0
    pacers = [one if mode == "one pacer" else Pacer(limit, share) for _ in range(workers)]
    order = count()
    events = []

    def at(time, kind, pacer, told=None):
        heapq.heappush(events, (time, next(order), kind, pacer, told))

    for pacer in pacers:
        begins = dice.random() * 5
        for _ in range(IN_FLIGHT):
            at(begins, "free", pacer)
    window, used = -1, 0
    pages = refusals = 0
    while events:
        now, _, kind, pacer, told = heapq.heappop(events)
        if now >= minutes * WINDOW:
            break
        if kind == "free":
            ready = pacer.ready_at(now)
            if ready is None:
                pacer.waiting.append(1)
            elif ready > now:
                at(ready, "free", pacer)
            else:
                pacer.in_flight += 1
                pacer.last_sent = now
                at(now + WAY * dice.uniform(0.5, 1.5), "arrive", pacer)
        elif kind == "arrive":
            if now // WINDOW != window:
                window, used = now // WINDOW, 0
            refused = used >= limit
            used += not refused
            if now >= skipped * WINDOW:
                pages += not refused
                refusals += refused
            # Whole seconds, as the service tells them.
            reset = float(int((window + 1) * WINDOW - now))
            at(now + WAY, "answer", pacer, (limit - used, reset, refused))
        else:
            pacer.answered(now, *told)
            for _ in range(1 + len(pacer.waiting)):
                at(now, "free", pacer)
            pacer.waiting.clear()
    return pages / (minutes - skipped), refusals / (minutes - skipped)


def main():
    print("| Requests a minute | Workers | | Hours | 429s for 1,000 pages | Used |")
    print("| --- | --- | --- | --- | --- | --- |")
    for limit in (60, 120, 10_000):
        for workers in (1, 8, 50, 1000):
            for mode in MODES[:1] if workers == 1 else MODES:
                pages, refusals = simulate(limit, workers, mode)
                hours = PAGES / pages / 60 if pages else float("inf")
                print(
                    f"| {limit:,} | {workers:,} | {mode} | {hours:,.1f} "
                    f"| {1000 * refusals / max(1, pages):,.0f} | {pages / limit:.0%} |",
                    flush=True,
                )


if __name__ == "__main__":
    sys.exit(main())
