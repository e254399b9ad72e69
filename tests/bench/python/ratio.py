"""Benchmarks as ratios, printed as tests/support/ratio.c does it.

Machines are noisy, but a minute that is slow is so for all: entries run in turn, each
round in another order, and what is compared are medians of one run.
"""

import random
from statistics import median


def print_rows(title, unit, rows):
    """Print rows of a name and a value, each with its ratio to the first."""
    print(title)
    base = next(iter(rows.values()))
    for name, value in rows.items():
        print(f"  {name:<44} {value:9.0f} {unit:<7} {value / base:7.3f}", flush=True)


def measure(entries, rounds, clock):
    """Run the entries in turn; return the median of what the clock told of each.

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
    return {name: median(values) for name, values in seconds.items()}


def print_table(title, unit, units, entries, rounds, clock):
    """Measure the entries, each of which does its work for so many units at a time."""
    medians = measure(entries, rounds, clock)
    rows = {name: value * 1e9 / units for name, value in medians.items()}
    print_rows(title, f"ns/{unit}", rows)
