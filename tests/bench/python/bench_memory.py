"""Memory: a walk over all contacts, and many contacts kept; each in its own process."""

import gc
import subprocess
import sys
import time
from importlib.metadata import version
from statistics import median

from ratio import print_rows

KEPT = 100_000
PAGES = 20_000
CONTACTS = 50
COLLECTIONS = 15
ROUNDS = 3


def walk(url, expected):
    """Walk over all contacts; print the peak of the process."""
    import pgai

    with pgai.Contacts("sandbox_key", base_url=url) as contacts:
        assert sum(1 for _ in contacts) == int(expected)
    print(memory("VmHWM"))


def memory(what):
    """Return KiB of this process: "VmRSS", or "VmHWM" for its peak.

    getrusage() would give the peak of the process it was forked from, if that is higher.
    """
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(what + ":"):
                return int(line.split()[1])
    raise RuntimeError(f"/proc/self/status does not tell {what}")


def hold(whose):
    """Keep many contacts; print what they take, and the time of a full collection."""
    import peers
    import pgai_bench

    contacts_of = {
        "msgspec": peers.structs,
        "dataclasses": peers.dataclass_objects,
        "pgai": pgai_bench.decode,
    }[whose]
    contacts_of(pgai_bench.page_bytes(0, CONTACTS))
    kept = [None] * KEPT
    gc.collect()
    before = memory("VmRSS")
    for first in range(0, KEPT, CONTACTS):
        body = pgai_bench.page_bytes(first, CONTACTS)
        kept[first : first + CONTACTS] = contacts_of(body)
    taken = memory("VmRSS") - before
    seconds = []
    for _ in range(COLLECTIONS):
        begun = time.thread_time()
        gc.collect()
        seconds.append(time.thread_time() - begun)
    print(taken, median(seconds))


def hold_first(pages_of):
    """Keep the first contact of each page; print what they take."""
    import pgai_bench

    kept = [None] * PAGES
    before = memory("VmRSS")
    for page in range(PAGES):
        kept[page] = pgai_bench.decode(pgai_bench.page_bytes(page, int(pages_of)))[0]
    print(memory("VmRSS") - before)


def ask(*arguments):
    """Run this file with arguments; return the numbers that it prints."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE)
    return [float(number) for number in done.stdout.split()]


def print_walks():
    from pgai.testing import Sandbox

    peaks = {}
    for count in (10_000, 1_000_000):
        with Sandbox(contacts=count) as sandbox:
            (peak,) = ask("walk", sandbox.url, str(count))
        peaks[f"walk over {count:,} contacts"] = peak
    print_rows("python, memory: peak of a whole process", "KiB", peaks)


def print_kept():
    names = {
        "msgspec": f"msgspec {version('msgspec')}, Structs",
        "dataclasses": "dataclasses with slots",
        "pgai": "pgai, Contacts",
    }
    told = {whose: [] for whose in names}
    for _ in range(ROUNDS):
        for whose in names:
            told[whose].append(ask("hold", whose))
    kib, seconds = (
        {names[whose]: median(each[i] for each in told[whose]) for whose in names}
        for i in range(2)
    )
    print_rows(
        f"python, memory: {KEPT:,} contacts kept",
        "KiB",
        kib,
    )
    print_rows(
        f"python, gc.collect() with {KEPT:,} contacts kept",
        "us",
        {name: value * 1e6 for name, value in seconds.items()},
    )


def print_first():
    taken = {}
    for pages_of in (1, CONTACTS):
        (taken[f"of pages of {pages_of}"],) = ask("first", str(pages_of))
    print_rows(
        f"python, memory: one contact kept of each of {PAGES:,} pages", "KiB", taken
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["walk", url, expected]:
            walk(url, expected)
        case ["hold", whose]:
            hold(whose)
        case ["first", pages_of]:
            hold_first(pages_of)
        case _:
            print_walks()
            print_kept()
            print_first()
