"""Writes the manual page and the reference of pgai-sandbox, from its help.

The help is read from sandbox/main.c, so nothing has to be built for it.
"""

import ast
import re
from pathlib import Path

TITLE = "The command pgai-sandbox"
NOTES = """\
The rules of --faults, and how to control a running sandbox over HTTP, are in
docs/design/sandbox.md. Its contacts are the same for the same seed. Clients find it by
PGAI_BASE_URL and PGAI_API_KEY, which are what it prints."""


class Help:
    """The parts of the help: its usage, what it says, and the options."""

    def __init__(self, source):
        text = Path(source).read_text("utf-8")
        (literal,) = re.findall(r'char usage\[\] =((?:\s*"(?:[^"\\]|\\.)*")+);', text)
        whole = "".join(
            ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', literal)
        )
        usage, words, options = whole.strip().split("\n\n")
        self.usage = usage.removeprefix("usage: ")
        self.words = " ".join(words.split())
        self.options = [
            re.split(r"  +", line.strip(), maxsplit=1) for line in options.splitlines()
        ]


def write_page(source, folder):
    """Write the page of the site; return the names of the options."""
    help = Help(source)
    lines = [TITLE, "=" * len(TITLE), "", f"``{help.usage}``", "", help.words, ""]
    for name, says in help.options:
        lines += [f"``{name}``", f"   {says}", ""]
    lines += [NOTES.replace("docs/design/sandbox.md", ":doc:`/design/sandbox`"), ""]
    (folder / "sandbox.rst").write_text("\n".join(lines), "utf-8")
    return [name.split()[0] for name, _ in help.options]


def write_manual(source, version, path):
    """Write the manual page."""
    help = Help(source)
    lines = [f'.TH PGAI-SANDBOX 1 "" "pgai {version}"', ".SH NAME"]
    lines += [
        r"pgai\-sandbox \- an emulator of the PG:AI Contacts service",
        ".SH SYNOPSIS",
    ]
    lines += [_plain(help.usage), ".SH DESCRIPTION", _plain(help.words), ".SH OPTIONS"]
    for name, says in help.options:
        lines += [".TP", rf"\fB{_plain(name)}\fR", _plain(says)]
    lines += [
        ".SH NOTES",
        _plain(" ".join(NOTES.split())),
        ".SH SEE ALSO",
        r".BR pgai (1)",
    ]
    Path(path).write_text("\n".join(lines) + "\n", "utf-8")


def _plain(text):
    return text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
