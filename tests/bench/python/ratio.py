"""Benchmarks as ratios, printed as tests/support/ratio.c does it.

Machines are noisy, but a minute that is slow is so for all: entries run in turn, each
round in another order, and what is compared are medians of one run.
"""

import random
from statistics import median, quantiles


def print_rows(title, unit, rows, spreads=None):
    """Print rows of a name and a value, each with its ratio to the first."""
    print(title)
    base = next(iter(rows.values()))
    for name, value in rows.items():
        row = f"  {name:<44} {value:9.0f} {unit:<7} {value / base:7.3f}"
        print(row, spreads[name] if spreads else "", flush=True)


def spread(seconds, first):
    """Return between which ratios to the first entry the middle half of rounds is."""
    ratios = [one / base for one, base in zip(seconds, first, strict=True)]
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    return f"{low:7.3f}-{high:.3f}"


def measure(entries, rounds, clock):
    """Run the entries in turn; return what the clock told of each, for each round.

    The entries are functions by name, and the clock gives seconds. What ran just before
    leaves the caches warm or cold, so that it must not always be the same.
    """
    seconds = {name: [] for name in entries}
    order = list(entries)
    shuffle = random.Random(1).shuffle
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            begun = clock()
            entries[name]()
            seconds[name].append(clock() - begun)
    return seconds


def print_table(title, unit, units, entries, rounds, clock):
    """Measure the entries, each of which does its work for so many units at a time.

    Returns the nanoseconds a unit of each.
    """
    seconds = measure(entries, rounds, clock)
    first = next(iter(seconds.values()))
    rows = {name: median(of) * 1e9 / units for name, of in seconds.items()}
    spreads = {name: spread(of, first) for name, of in seconds.items()}
    print_rows(title, f"ns/{unit}", rows, spreads)
    return rows
