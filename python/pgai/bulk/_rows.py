"""Rows for an import, of a file."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pgai

from ._csv import read_csv
from ._headers import FULL_NAME, columns_of, fold, names_a_person
from ._ndjson import read_ndjson
from ._sheet import BadRow, Sheet
from ._text import decode
from ._vcard import read_vcard
from ._xlsx import read_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".vcf": "vcard",
    ".vcard": "vcard",
}
SEVERAL = " ::: "
_SUFFIXES_OF_NAMES = {"jr", "sr", "ii", "iii", "iv", "md", "phd", "esq"}


@dataclass(frozen=True, eq=False)
class Source:
    """The rows of a file. Iterate, as often as needed, to get what `create()` takes.

    The file was read once, whole: it may change meanwhile. Empty rows are left out; of
    the others each is a row, also those that cannot be read. An import refuses these,
    and gives the reason. `len()` counts them.

    Attributes
    ----------
    path : str
    format : str
        "csv", "ndjson", "xlsx" or "vcard".
    encoding : str or None
        Of the text; None: XLSX.
    guessed : bool
        Whether the encoding was guessed. Then look whether names are as they should be.
    delimiter : str or None
        Between cells; None: it is not CSV.
    headers : tuple of str
        The names of the columns.
    mapping : dict
        What each column is for, by its name: a field of a contact, `extra.NAME`, or
        "full_name". If several are for a field, a row takes the first of them that has a
        value.
    ignored : tuple of str
        What is not imported: names of columns, and `further NAME` for a column of which
        some values are not, as a row takes only one for a field.
    digest : str
        A hash of the file, for `source` of `import_contacts()`.
    """

    path: str
    format: str
    encoding: str | None
    guessed: bool
    delimiter: str | None
    headers: tuple[str, ...]
    mapping: dict[str, str]
    ignored: tuple[str, ...]
    digest: str
    _sheet: Sheet = field(repr=False)
    _columns: dict[int, str] = field(repr=False)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for cells in self._sheet.rows():
            yield cells if isinstance(cells, BadRow) else self._row(cells)

    def cells(self) -> Iterator[list[Any] | BadRow]:
        """Yield the cells of each row, one a column."""
        return self._sheet.rows()

    def __len__(self) -> int:
        return self._length

    @cached_property
    def _length(self) -> int:
        return sum(1 for _ in self._sheet.rows())

    def _row(self, cells: list[Any]) -> Mapping[str, Any]:
        fields: dict[str, Any] = {}
        more: dict[str, Any] = {}
        for at, name in self._columns.items():
            value = self._cell(at, cells[at])
            if value == "":
                continue
            if name.startswith("extra."):
                more[name.removeprefix("extra.")] = value
            elif self.format == "xlsx" and not isinstance(value, str):
                return BadRow(
                    self._shown(cells),
                    f"{name} is the number {value}, which has neither leading zeros nor "
                    "a plus: make the column text in the spreadsheet",
                )
            elif value is not None:
                fields.setdefault(name, value)
        if FULL_NAME in fields:
            fields = _parts(fields.pop(FULL_NAME)) | fields
        extra = fields.get("extra", {})
        if isinstance(extra, str):
            extra = _parsed(extra)
        if not isinstance(extra, dict) or extra.keys() & more.keys():
            return BadRow(
                self._shown(cells),
                f"extra must be a JSON object with other names than the columns: {extra}",
            )
        return {**fields, "extra": {**extra, **more}} if extra or more else fields

    def _cell(self, at: int, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if _may_be_several(self.format, self.headers[at]):
            value = value.split(SEVERAL)[0]
        return value.strip()

    def _shown(self, cells: list[Any]) -> str:
        if self.format == "ndjson":
            return json.dumps(dict(zip(self.headers, cells, strict=True)))
        return (self.delimiter or "\t").join(map(str, cells))


def read_file(
    path: str | os.PathLike[str],
    *,
    mapping: Mapping[str, str | None] | None = None,
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Source:
    """Read the contacts of a file, for `import_contacts()`.

    CSV and XLSX (its first sheet) may be exports of HubSpot, Salesforce, Google Contacts,
    Outlook or LinkedIn: their columns are known by name. Lines before the header are
    passed over. The columns of JSON lines have the names of fields; all others go to
    `extra`. A full name is cut before its last word, or at its comma ("Last, First"), and
    only if no column has first names.

    Parameters
    ----------
    path : str or os.PathLike
    mapping : mapping, optional
        What columns are for, by their names: a field of `create()`, "full_name",
        `extra.NAME`, or None to ignore it. A field that is given is taken from no other
        column.
    format : str, optional
        "csv", "ndjson", "xlsx" (needs openpyxl) or "vcard" (needs vobject). Without it,
        the ending of the name says it.
    encoding : str, optional
        Of the text. Without it, it is that of the byte order mark, else UTF-8 if that
        fits, else a guess (needs charset-normalizer).
    delimiter : str, optional
        A character between cells, of CSV. Without it, it is the comma, semicolon, tab or
        `|` that fits best.

    Returns
    -------
    Source

    Raises
    ------
    UsageError
        The file cannot be read as this format, a library is not installed, no column has
        names, or two are for the same.
    OSError
        The file cannot be opened.
    """
    name = os.fspath(path)
    kind = format or _format_of_name(name)
    try:
        _check_options(kind, mapping, encoding, delimiter)
        with open(path, "rb") as file:
            data = file.read()
        return _source(name, kind, data, mapping or {}, encoding, delimiter)
    except pgai.UsageError as error:
        raise pgai.UsageError(f"{name}: {error}") from None


def _format_of_name(name: str) -> str:
    suffix = os.path.splitext(name)[1].lower()
    if suffix not in SUFFIXES:
        raise pgai.UsageError(
            f"format must be given: {name} ends with none of {', '.join(SUFFIXES)}"
        )
    return SUFFIXES[suffix]


def _check_options(
    kind: str,
    mapping: Mapping[str, str | None] | None,
    encoding: str | None,
    delimiter: str | None,
) -> None:
    if kind not in SUFFIXES.values():
        raise pgai.UsageError(f"format must be csv, ndjson, xlsx or vcard, not {kind!r}")
    if delimiter is not None and kind != "csv":
        raise pgai.UsageError(f"{kind} has no delimiter: leave it out")
    if encoding is not None and kind == "xlsx":
        raise pgai.UsageError("xlsx has no encoding: leave it out")
    if mapping and kind == "vcard":
        raise pgai.UsageError("vcard has no columns: leave mapping out")


def _source(
    path: str,
    kind: str,
    data: bytes,
    mapping: Mapping[str, str | None],
    encoding: str | None,
    delimiter: str | None,
) -> Source:
    wanted = set(map(fold, mapping))

    def known(header: str) -> bool:
        return names_a_person(header) or fold(header) in wanted

    text, found, guessed = "", None, False
    if kind != "xlsx":
        text, found, guessed = decode(data, encoding)
    match kind:
        case "csv":
            sheet = read_csv(text, delimiter, known)
        case "ndjson":
            sheet = read_ndjson(text)
        case "xlsx":
            sheet = read_xlsx(data, known)
        case _:
            sheet = read_vcard(text)
    columns = (
        dict(enumerate(sheet.headers))
        if kind == "vcard"
        else columns_of(sheet.headers, mapping, by_table=kind != "ndjson")
    )
    names = {at: sheet.headers[at] for at in columns}
    unused = (n for at, n in enumerate(sheet.headers) if at not in columns and n)
    return Source(
        path,
        kind,
        found,
        guessed,
        sheet.delimiter,
        sheet.headers,
        {name: columns[at] for at, name in names.items()},
        (*unused, *_further(kind, sheet, columns), *sheet.ignored),
        blake2b(data, digest_size=16).hexdigest(),
        sheet,
        columns,
    )


def _may_be_several(kind: str, header: str) -> bool:
    """Tell whether a cell may have several values, as Google has them."""
    return kind == "csv" and fold(header).endswith("value")


def _further(kind: str, sheet: Sheet, columns: Mapping[int, str]) -> Iterator[str]:
    """Yield the columns with values that are left out, as a row has another first."""
    left_out = set()
    several = {at for at in columns if _may_be_several(kind, sheet.headers[at])}
    for cells in sheet.rows():
        if not isinstance(cells, BadRow):
            full = [at for at in columns if cells[at] not in ("", None)]
            first = {columns[at]: at for at in reversed(full)}.values()
            left_out |= set(full) - set(first)
            left_out |= {at for at in several if SEVERAL in cells[at]}
    return (f"further {sheet.headers[at]}" for at in sorted(left_out))


def _parts(full: Any) -> dict[str, Any]:
    """Return the first and the last name of a full one."""
    if not isinstance(full, str):
        return {"first_name": full}
    last, comma, first = (part.strip() for part in full.partition(","))
    if not comma or re.sub(r"\W", "", first).casefold() in _SUFFIXES_OF_NAMES:
        first, _, last = last.rpartition(" ")
        last += full[full.index(",") :] if comma else ""
    return {"first_name": first.strip() or last, **({"last_name": last} if first else {})}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
