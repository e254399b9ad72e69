"""The text of a file, whatever its encoding."""

from __future__ import annotations

import codecs

import pgai

from ._library import load

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What programs that export contacts write, other than Unicode.
_CANDIDATES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("mac_roman", "cp932", "gb18030", "big5", "cp949"),
]
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "mac_roman")
# Signs of cp1252 that texts of western Europe have, beside its letters.
_USUAL = set("\N{NO-BREAK SPACE}‘’“”„–—…€«»°·®™§•´")  # noqa: RUF001


def decode(data: bytes, encoding: str | None) -> tuple[str, str, bool]:
    """Return the text, its encoding, and whether that is a guess.

    UsageError: it has another encoding than the one that was given, or none is found.
    """
    name, guessed = encoding or _certain(data), False
    if name is None:
        name, guessed = _guess(data), True
    try:
        text = data.decode(name)
    except LookupError:
        raise pgai.UsageError(f"there is no encoding {name!r}: utf-8 is one") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise pgai.UsageError(
            f"line {line} is not {name}: give another encoding"
        ) from None
    return text.removeprefix("\N{BOM}"), name, guessed


def _certain(data: bytes) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    # Text has no NULs, but each second byte of English in UTF-16 is one.
    if data.count(0) > len(data) // 4:
        return "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _guess(data: bytes) -> str:
    library = load(
        "charset_normalizer",
        "the text is not UTF-8: give its encoding, such as encoding='cp1252', or "
        "pip install 'pgai-contacts[import]' to have it found",
    )
    # Lines of plain ASCII, most of a file, say nothing.
    lines = [line for line in data.splitlines(keepends=True) if not line.isascii()]
    found = library.from_bytes(b"".join(lines), cp_isolation=_CANDIDATES).best()
    if found is None:
        raise pgai.UsageError("its encoding cannot be told: give it as encoding")
    # Names are too short to tell Latin alphabets apart: then it is the most usual one.
    name: str = found.encoding
    return "cp1252" if name in _LATIN and _is_western(data) else name


def _is_western(data: bytes) -> bool:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return all(sign.isalpha() or sign in _USUAL for sign in text if sign > "\x7f")
