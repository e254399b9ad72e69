"""Rows of vCards, 2.1 to 4.0."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pgai

from ._library import load
from ._sheet import BadRow, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

# vCard's own matters, which are nobody's loss.
_FRAME = {"version", "prodid", "rev", "uid", "n", "fn"}
_PROFILES = ("url", "x-socialprofile")
_READ = {"email", "tel", "org", "title", "adr", *_PROFILES}
_PARTS = {"n": {"given", "family"}, "adr": {"city", "country"}}  # that are read
_HEADERS = (
    *("first_name", "last_name", "full_name", "email", "job_title", "company"),
    *("linkedin_url", "location", "phone"),
)


def read_vcard(text: str) -> Sheet:
    """Return a row for each card; the columns are fields.

    Of several addresses or numbers it is the preferred one, else the first. A name that
    is not cut into parts is the full name, unless it is that of a company.
    """
    vobject = load(
        "vobject",
        "vCard needs vobject: pip install 'pgai-contacts[import]', or export CSV",
    )
    ignored: dict[str, None] = {}
    rows: list[list[Any] | BadRow] = []
    for line, card in _cards(text):
        try:
            contents = vobject.readOne(card).contents
            fields = _fields(contents)
        except Exception as error:  # of whatever kind: the other cards can be read
            reason = f"line {line}: the vCard cannot be read: {error}"
            rows.append(BadRow(card, reason))
        else:
            ignored.update(dict.fromkeys(_left_out(contents)))
            rows.append([fields.get(name) or "" for name in _HEADERS])
    if not rows:
        raise pgai.UsageError("it has no vCard: one begins with BEGIN:VCARD")
    return Sheet(_HEADERS, lambda: iter(rows), ignored=tuple(sorted(ignored)))


def _cards(text: str) -> Iterator[tuple[int, str]]:
    """Yield the first line and the text of each card, however it ends."""
    starts = [m.start() for m in re.finditer(r"(?im)^BEGIN:VCARD[ \t]*\r?$", text)]
    line, before = 1, 0
    for start, end in pairwise([*starts, len(text)]):
        line, before = line + text.count("\n", before, start), start
        yield line, text[start:end]


def _fields(contents: dict[str, list[Any]]) -> dict[str, str]:
    name = contents["n"][0].value if "n" in contents else None
    first, last = _text(name and name.given), _text(name and name.family)
    company = _text(_best(contents, "org"))
    full = "" if first or last else _text(_best(contents, "fn"))
    address = _best(contents, "adr")
    places = [_text(address.city), _text(address.country)] if address else []
    return {
        "first_name": first,
        "last_name": last,
        "full_name": full if full != company else "",
        "email": _text(_best(contents, "email")),
        "job_title": _text(_best(contents, "title")),
        "company": company,
        "linkedin_url": _linkedin(contents),
        "location": ", ".join(filter(None, places)),
        "phone": re.sub(r"(?i)^tel:", "", _text(_best(contents, "tel"))),
    }


def _left_out(contents: dict[str, list[Any]]) -> Iterator[str]:
    """Yield what a row does not have of a card: lines, further ones, and parts."""
    for name, lines in contents.items():
        if name in _PARTS:
            parts = vars(lines[0].value)
            for part in parts.keys() - _PARTS[name]:
                if _text(parts[part]):
                    yield f"{name.upper()} {part}"
        if name == "org" and any(map(_text, lines[0].value[1:])):
            yield "ORG unit"
        if name not in _FRAME | _READ:
            yield name.upper()
        elif name in _PROFILES:
            if any(_text(line.value) != _linkedin(contents) for line in lines):
                yield name.upper()
        elif name in _READ and len(lines) > 1:
            yield f"further {name.upper()}"


def _best(contents: dict[str, list[Any]], name: str) -> Any:
    lines = contents.get(name, [])
    return min(lines, key=_preference).value if lines else None


def _preference(line: Any) -> int:
    """Return 1 to 100 as vCard 4.0 has it; 1 is the most preferred."""
    types = [*line.params.get("TYPE", []), *line.singletonparams]
    if "pref" in (type.casefold() for type in types):
        return 1
    (rank, *_) = line.params.get("PREF", ["100"])
    return int(rank) if rank.isdigit() else 100


def _linkedin(contents: dict[str, list[Any]]) -> str:
    for line in (line for name in _PROFILES for line in contents.get(name, [])):
        if re.search(r"(?i)\blinkedin\.com/", _text(line.value)):
            return _text(line.value)
    return ""


def _text(value: Any) -> str:
    """Return text; of several parts the first one."""
    while isinstance(value, list):
        value = value[0] if value else ""
    return value.strip() if isinstance(value, str) else ""
