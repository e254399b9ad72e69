"""Which field of a contact a column is for, by its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pgai
from pgai._fields import FIELDS, READ_ONLY

from ._sheet import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The columns of exports. A row's value is that of the first of these that has one.
# H: HubSpot, S: Salesforce (reports and Data Loader), G: Google Contacts, g: the same
# until 2024, O: Outlook, L: LinkedIn's Connections.csv.
NAMES = {
    "first_name": (
        "First Name",  # H S G O L
        "Given Name",  # g
    ),
    "last_name": (
        "Last Name",  # H S G O L
        "Family Name",  # g
        "Surname",
    ),
    "email": (
        "Email",  # H S
        "Email Address",  # L
        "E-mail Address",  # O
        "Work Email",  # H
        "E-mail 1 - Value",  # G g
        "E-mail 2 Address",  # O
        "E-mail 2 - Value",  # G g
        "E-mail 3 Address",  # O
        "E-mail 3 - Value",  # G g
    ),
    "job_title": (
        "Job Title",  # H O
        "Organization Title",  # G
        "Organization 1 - Title",  # g
        "Position",  # L
    ),
    "company": (
        "Company",  # O L
        "Company Name",  # H
        "Account Name",  # S
        "Account.Name",  # S
        "Organization Name",  # G
        "Organization 1 - Name",  # g
        "Associated Company",  # H
    ),
    "linkedin_url": (
        "LinkedIn URL",  # H
        "LinkedIn Profile URL",
        "LinkedIn Profile",
        "LinkedIn",
    ),
    "location": (
        "Location",
        "City",  # H
        "Mailing City",  # S
        "Address 1 - City",  # G g
        "Business City",  # O
        "Home City",  # O
        "Other City",  # O
    ),
    "phone": (
        "Phone",  # S
        "Phone Number",  # H
        "Business Phone",  # O
        "Primary Phone",  # O
        "Mobile Phone Number",  # H
        "Mobile Phone",  # O S
        "Mobile",  # S
        "Phone 1 - Value",  # G g
        "Phone 2 - Value",  # G g
        "Phone 3 - Value",  # G g
        "Business Phone 2",  # O
        "Home Phone",  # O S
        "Home Phone 2",  # O
        "Other Phone",  # O S
    ),
    "extra": ("extra",),  # of pgai.bulk.export()
}
# Names that mean a field only in a file that has no other column for it: Outlook's
# "Title" is "Dr."
LAST_RESORTS = {"job_title": ("Title",)}  # S
FULL_NAMES = ("Name", "Full Name", "Display Name", "Contact Name")  # g S
# "URL" is a profile only in LinkedIn's file, which has this column.
LINKEDIN_MARK = "Connected On"
FULL_NAME = "full_name"


def fold(header: str) -> str:
    """Return a name to compare: without case, blanks, underscores, dashes and points."""
    return re.sub(r"[\W_]+", "", header.casefold())


_RANKS = {
    fold(name): (field, rank)
    for field, names in NAMES.items()
    for rank, name in enumerate((field, *names))
}
_LAST_RESORTS = {fold(name): at for at, names in LAST_RESORTS.items() for name in names}
_FULL_NAMES = {fold(name) for name in (FULL_NAME, *FULL_NAMES)}


def names_a_person(header: str) -> bool:
    """Tell whether this is the name of a column with first or full names."""
    name = fold(header)
    return name in _FULL_NAMES or _RANKS.get(name, ("", 0))[0] == "first_name"


def columns_of(
    headers: Sequence[str], mapping: Mapping[str, str | None], *, by_table: bool
) -> dict[int, str]:
    """Return the field of each column that has one, those that come first at first.

    A field that `mapping` gives to a column is taken from no other. Without `by_table`,
    names are those of fields, and all others go to `extra`.
    """
    given = _given(headers, mapping)
    found = _by_table(headers) if by_table else _as_named(headers)
    free = {
        at: field
        for at, field in found.items()
        if at not in given and field not in given.values()
    }
    columns = {at: field for at, field in given.items() if field is not None} | free
    if "first_name" in columns.values():
        return {at: it for at, it in columns.items() if it != FULL_NAME or at in given}
    if FULL_NAME not in columns.values():
        raise pgai.UsageError(
            "no column has first names: tell which one, such as mapping="
            f"{{{_shown(headers[:1]) or repr('Name')}: 'first_name'}}. "
            f"The columns are {_shown(headers)}"
        )
    return columns


def _by_table(headers: Sequence[str]) -> dict[int, str]:
    ranked: dict[tuple[str, int], int] = {}
    linkedin = fold(LINKEDIN_MARK) in map(fold, headers)
    for at, header in enumerate(headers):
        name = fold(header)
        field, rank = _RANKS.get(name, (None, 0))
        if field is None and name in _FULL_NAMES:
            field, rank = FULL_NAME, sorted(_FULL_NAMES).index(name)
        if field is None and name == "url" and linkedin:
            field = "linkedin_url"
        if field is None:
            continue
        other = ranked.setdefault((field, rank), at)
        if other != at:
            raise _two(headers[other], header, field)
    columns = {ranked[key]: key[0] for key in sorted(ranked)}
    for at, header in enumerate(headers):
        field = _LAST_RESORTS.get(fold(header))
        if field is not None and field not in columns.values():
            columns[at] = field
    return columns


def _as_named(headers: Sequence[str]) -> dict[int, str]:
    return {
        at: header if header in FIELDS else f"extra.{header}"
        for at, header in enumerate(headers)
        if header not in (*READ_ONLY, *MARKS)
    }


def _given(
    headers: Sequence[str], mapping: Mapping[str, str | None]
) -> dict[int, str | None]:
    """Return what the caller says of columns."""
    given: dict[int, str | None] = {}
    for header, field in mapping.items():
        at = _find(headers, header)
        if field and not _is_target(field):
            raise pgai.UsageError(
                f"mapping: {field!r} is no field: give one of {', '.join(FIELDS)}, "
                f"{FULL_NAME}, or extra.NAME"
            )
        for other, same in given.items():
            if other == at or (field and same == field):
                raise _two(headers[other], headers[at], field or "nothing")
        given[at] = field or None
    return given


def _find(headers: Sequence[str], wanted: str) -> int:
    exact = [at for at, header in enumerate(headers) if header == wanted]
    found = exact or [
        at for at, header in enumerate(headers) if fold(header) == fold(wanted)
    ]
    if not found:
        raise pgai.UsageError(
            f"mapping: no column is called {wanted!r}: the columns are {_shown(headers)}"
        )
    if len(found) > 1:
        raise pgai.UsageError(
            f"mapping: {len(found)} columns are called {wanted!r}: rename one in the file"
        )
    return found[0]


def _is_target(field: str) -> bool:
    return field in (*FIELDS, FULL_NAME) or (
        field.startswith("extra.") and field != "extra."
    )


def _two(one: str, other: str, field: str) -> pgai.UsageError:
    if one == other:
        return pgai.UsageError(
            f"two columns are called {one!r}, for {field}: rename one in the file"
        )
    return pgai.UsageError(
        f"two columns are for {field}: {one!r} and {other!r}: tell which one, such as "
        f"mapping={{{one!r}: {field!r}}}"
    )


def _shown(headers: Sequence[str]) -> str:
    shown = [repr(header[:40]) for header in headers[:20]]
    return ", ".join([*shown, *(["..."] if len(headers) > 20 else [])])
