"""Counts the public names in the reference: complete.py SITE FILE.

One that is missing is an error.
"""

import json
import re
import sys
from pathlib import Path

from sphinx.util.inventory import InventoryFile


def found(site):
    """The names that the site has an anchor for, by the part of the reference."""
    data = (Path(site) / "objects.inv").read_bytes()
    inventory = InventoryFile.loads(data, uri="")
    names = {
        "C": set(),
        "Python": set(),
        "Lua": set(),
        "command": set(),
        "sandbox": set(),
    }
    for kind, entries in inventory.data.items():
        if kind.startswith("c:"):
            names["C"].update(name.split(".")[0] for name in entries)
        elif kind.startswith("py:"):
            names["Python"].update(entries)
        elif kind == "std:lua":
            names["Lua"].update(entries)
    page = (Path(site) / "reference/command.html").read_text("utf-8")
    names["command"] = {part.split("<")[0] for part in page.split("<h2>")[1:]}
    page = (Path(site) / "reference/sandbox.html").read_text("utf-8")
    names["sandbox"] = set(re.findall(r'<span class="pre">(--[\w-]+)', page))
    return names


def main(site, names_file):
    wanted = json.loads(Path(names_file).read_text("utf-8"))
    there = found(site)
    missing = [
        f"{part}: {name}"
        for part, names in wanted.items()
        for name in names
        if name.split("(")[0] not in there[part]
    ]
    if missing:
        raise SystemExit("docs: not in the reference:\n" + "\n".join(missing))
    counts = {part: len(set(names)) for part, names in wanted.items()}
    each = ", ".join(f"{part} {count}" for part, count in counts.items())
    print(f"docs: {sum(counts.values())} names, all documented: {each}")


main(*sys.argv[1:])
