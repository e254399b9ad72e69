"""Writes all pages of the reference, all names in them, and pgai-sandbox.1.

reference.py FOLDER NAMES VERSION MANUAL
"""

import json
import re
import sys
from pathlib import Path

import command_reference
import lua_reference
import python_reference
import sandbox_reference

ROOT = Path(__file__).parent.parent.parent
HEADERS = ROOT / "core/include/pgai"
PAGES = {
    "Python": "pgai*.rst",
    "C": "c-*.rst",
    "Lua": "lua.rst",
    "Command line": "command.rst",
    "Sandbox": "sandbox.rst",
}


def headers(folder):
    """Write a page for each header with declarations; return what they declare."""
    names = []
    for path in sorted(HEADERS.glob("*.h")):
        text = path.read_text("utf-8")
        declared = declarations(text)
        if declared:
            title = f"<pgai/{path.name}> in C"
            lines = [title, "=" * len(title), "", f".. doxygenfile:: {path.name}", ""]
            (folder / f"c-{path.stem}.rst").write_text("\n".join(lines), "utf-8")
            names += declared
    return names


def declarations(text):
    """The functions, types and macros of a header."""
    text = re.sub(r"/\*\* @cond \*/.*?@endcond", " ", text, flags=re.S)
    flat = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    calls = re.findall(r"PGAI_API [^;(]*?(pgai_\w+)\(", flat)
    types = re.findall(r"^(?:\}|typedef [^;{(]*?) ?\*?(pgai_\w+);", flat, re.M)
    types += re.findall(r"^typedef [^;{]*\(\*(pgai_\w+)\)", flat, re.M)
    macros = re.findall(r"^#define (PGAI_\w+)(?:\(| .*\S)", flat, re.M)
    return calls + types + [name for name in macros if not name.endswith("_H")]


def index(folder):
    """Return the page that lists the others."""
    lines = ["Reference", "=========", ""]
    for title, pattern in PAGES.items():
        pages = sorted(path.stem for path in folder.glob(pattern))
        lines += [title, "-" * len(title), "", ".. toctree::", ""]
        lines += [*(f"   {page}" for page in pages), ""]
    return "\n".join(lines)


def main(folder, names_file, version, manual):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = {
        "C": headers(folder),
        "Python": python_reference.write(ROOT / "python/pgai", folder),
        "Lua": lua_reference.write(ROOT / "lua/pgai/meta.lua", folder),
        "command": command_reference.write(folder),
        "sandbox": sandbox_reference.write_page(ROOT / "sandbox/main.c", folder),
    }
    (folder / "index.rst").write_text(index(folder), "utf-8")
    Path(names_file).write_text(json.dumps(names), "utf-8")
    sandbox_reference.write_manual(ROOT / "sandbox/main.c", version, manual)


main(*sys.argv[1:])
