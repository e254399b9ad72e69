"""Benchmarks as ratios, printed as tests/support/ratio.c does it.

Machines are noisy, but a minute that is slow is so for all: entries run in turn, and what
is compared are medians of one run.
"""

from statistics import median


def print_rows(title, unit, rows):
    """Print rows of a name and a value, each with its ratio to the first."""
    print(title)
    base = next(iter(rows.values()))
    for name, value in rows.items():
        print(f"  {name:<44} {value:9.0f} {unit:<7} {value / base:7.3f}", flush=True)


def measure(entries, rounds, clock):
    """Run the entries in turn; return the median of what the clock told of each.

    The entries are functions by name, and the clock gives seconds.
    """
    seconds = {name: [] for name in entries}
    for _ in range(rounds):
        for name, run in entries.items():
            begun = clock()
            run()
            seconds[name].append(clock() - begun)
    return {name: median(values) for name, values in seconds.items()}


def print_table(title, unit, units, entries, rounds, clock):
    """Measure the entries, each of which does its work for so many units at a time."""
    medians = measure(entries, rounds, clock)
    rows = {name: value * 1e9 / units for name, value in medians.items()}
    print_rows(title, f"ns/{unit}", rows)
