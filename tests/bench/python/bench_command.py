"""What the command `pgai` costs before it works: the wall time of a process."""

import os
import subprocess
import sys
import time
from statistics import median

from ratio import measure, print_rows

from pgai.testing import Sandbox

ROUNDS = 41


def process(*arguments):
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


with Sandbox(contacts=1) as sandbox, sandbox.client() as contacts:
    os.environ |= {"PGAI_BASE_URL": sandbox.url, "PGAI_API_KEY": sandbox.api_key}
    entries = {
        "bare": process("-c", "pass"),
        "import pgai": process("-c", "import pgai"),
        "pgai --help": process("-m", "pgai", "--help"),
        "pgai get": process("-m", "pgai", "get", contacts.list()[0].id),
    }
    for run in entries.values():
        run()
    seconds = measure(entries, ROUNDS, time.perf_counter)
medians = {name: median(of) for name, of in seconds.items()}
print_rows(
    "python, the command: above what it is compared with",
    "us",
    {
        "pgai --help, above a bare interpreter": (
            (medians["pgai --help"] - medians["bare"]) * 1e6
        ),
        "pgai get, above import pgai": (
            (medians["pgai get"] - medians["import pgai"]) * 1e6
        ),
    },
)
