"""What an import costs: the wall time of a process, above that of a bare interpreter."""

import subprocess
import sys
import time
from statistics import median

from ratio import measure, print_rows

ROUNDS = 41


def process(script):
    return lambda: subprocess.run([sys.executable, "-c", script], check=True)


scripts = {"bare": "pass"}
for module in ("pgai", "msgspec", "pycurl", "requests", "httpx"):
    scripts[f"import {module}"] = f"import {module}"
entries = {name: process(script) for name, script in scripts.items()}
for run in entries.values():
    run()
seconds = measure(entries, ROUNDS, time.perf_counter)
medians = {name: median(of) for name, of in seconds.items()}
bare = medians.pop("bare")
print_rows(
    "python, import: above a bare interpreter",
    "us",
    {name: (value - bare) * 1e6 for name, value in medians.items()},
)
