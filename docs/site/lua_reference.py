"""Writes the reference of the Lua module, from the annotations in lua/pgai/meta.lua."""

import re
from dataclasses import dataclass, field
from pathlib import Path

TITLE = "pgai in Lua"
INTRODUCTION = (
    '``local pgai = require("pgai")``. Types are those of lua-language-server; a name',
    "with ``?`` may be nil.",
)


@dataclass
class _Entry:
    """A class, an alias or a function, with the lines above it."""

    name: str
    kind: str = "function"
    words: list[str] = field(default_factory=list)
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    arguments: list[tuple[str, str, str]] = field(default_factory=list)
    returns: list[str] = field(default_factory=list)
    base: str = ""


def write(source, folder):
    """Write the page; return the names that are in it."""
    entries = _entries(Path(source).read_text("utf-8"))
    lines = [TITLE, "=" * len(TITLE), ""]
    lines += [*INTRODUCTION, ""]
    for entry in entries:
        lines += _described(entry)
    (Path(folder) / "lua.rst").write_text("\n".join(lines) + "\n", "utf-8")
    return [entry.name for entry in entries]


def _entries(text):
    """What the blocks of the file declare; a block ends with an empty line."""
    found = []
    locals_ = {"pgai": "pgai"}
    for block in text.split("\n\n")[1:]:
        entry = _Entry("")
        for line in block.splitlines():
            _read(line, entry, locals_)
        if entry.name:
            found.append(entry)
    return found


def _read(line, entry, locals_):
    tag = re.match(r"---@(\w+) ?(.*)", line)
    if line.startswith("function "):
        name, arguments = re.match(r"function ([\w.:]+)\((.*)\)", line).groups()
        owner, sign, method = re.match(r"(\w+)([.:])(\w+)", name).groups()
        entry.name = f"{locals_.get(owner, owner)}{sign}{method}({arguments})"
    elif line.startswith("local ") and entry.name:
        locals_[line.split()[1]] = entry.name
    elif tag is None:
        if line.startswith("---"):
            _continue(entry, line.lstrip("- "))
    elif tag[1] == "class":
        entry.name, _, entry.base = (part.strip() for part in tag[2].partition(":"))
        entry.kind = "class"
    elif tag[1] == "alias":
        name, _, type_ = tag[2].partition(" ")
        entry.name, entry.kind, entry.base = name, "alias", type_
    elif tag[1] == "field":
        entry.fields.append(_typed(tag[2]))
    elif tag[1] == "param":
        entry.arguments.append(_typed(tag[2]))
    elif tag[1] == "return":
        entry.returns.append(tag[2])


def _continue(entry, words):
    """A line of plain words: of the last field, else of the whole."""
    if entry.fields:
        name, type_, said = entry.fields[-1]
        entry.fields[-1] = (name, type_, f"{said} {words}")
    else:
        entry.words.append(words)


def _typed(text):
    """The name, the type and the words of a field or parameter."""
    name, _, rest = text.partition(" ")
    if name.startswith("["):
        name, _, rest = text.partition("] ")
        name += "]"
    depth = 0
    for at, sign in enumerate(rest):
        depth += (sign in "({<[") - (sign in ")}>]")
        follows = rest[at - 1] in ":," if at else True
        if sign == " " and depth == 0 and not follows:
            return name, rest[:at], rest[at + 1 :]
    return name, rest, ""


def _described(entry):
    kind = "" if entry.kind == "function" else f"{entry.kind} "
    lines = [f".. lua:: {kind}{entry.name}", ""]
    if entry.base:
        says = "Has all of" if entry.kind == "class" else "Is"
        lines += [f"   {says} {_code(entry.base)}.", ""]
    if entry.words:
        lines += [f"   {_words(' '.join(entry.words))}", ""]
    for name, type_, said in entry.fields + entry.arguments:
        lines += [
            f"   {_code(name)} : {_code(type_)}",
            f"      {_words(said) or chr(92)}",
            "",
        ]
    for text in entry.returns:
        _, type_, said = _typed(f"_ {text}")
        lines += [f"   Returns {_code(type_)} {_words(said)}", ""]
    return lines


def _code(text):
    return f"``{text}``"


def _words(text):
    """Plain words of the annotations, as reStructuredText."""
    pieces = re.split(r"(`[^`]+`)", text)
    return "".join(
        f"`{piece}`" if piece.startswith("`") else re.sub(r"([*_:|])", r"\\\1", piece)
        for piece in pieces
    )
