"""What the extension leaves to Python, because it is rare and shorter here.

It is imported when it is first needed, at the latest before Python shuts down. It keeps
no module: those are emptied then, while its functions may still be called.
"""

from datetime import UTC, datetime
from json import JSONDecoder, dumps
from os.path import abspath
from re import compile as pattern

from ._arguments import refuse_unknown
from ._errors import UsageError
from ._pgai import Contact

_NAMES = Contact.__match_args__


# What Python 3.11 and later make an int of, unless they are told otherwise.
_MOST_DIGITS = 4300

_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = pattern(rf"\\(?:{_PAIR}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{{2}})|.)")


def parse(text):
    """What JSON text says, as values that can be compared and written again.

    They are those of documented fields, and of the other languages: half a surrogate pair
    is U+FFFD, and a number that is too large for Python remains text.
    """
    # Before it is read, as two names may become one.
    return _decode(_mended(text) if "\\ud" in text or "\\uD" in text else text)


def _mended(text):
    return _ESCAPE.sub(lambda found: r"\ufffd" if found["half"] else found[0], text)


def _integer(text):
    if len(text.lstrip("-")) > _MOST_DIGITS:
        return text
    try:
        return int(text)
    except ValueError:  # This interpreter was told to take fewer digits.
        return text


def _fraction(text):
    number = float(text)
    # Beyond all range, or so small that there is only 0 for it.
    lost = number - number != 0 or (
        number == 0 and text.lower().split("e")[0].strip("-0.")
    )
    return text if lost else number


_decode = JSONDecoder(parse_int=_integer, parse_float=_fraction).decode


def write_json(value):
    try:
        text = dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except TypeError as error:
        raise TypeError(f"extra cannot be written as JSON: {error}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"extra cannot be written as JSON: {error}") from None
    return _checked_text("extra", text)


def extra_text(extra):
    """JSON of the fields of a create that are not documented."""
    if not isinstance(extra, dict):
        raise TypeError(f"extra must be dict, not {type(extra).__name__}")
    return write_json(extra)


def absolute(path):
    return abspath(path)


def extra(text):
    """The fields of a contact that are not documented."""
    if text is None:
        return {}
    fields = parse(text)
    for name in _NAMES:
        fields.pop(name, None)
    return fields


def moment(text):
    """An aware datetime; None where there is no text, or it says no time."""
    try:
        value = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def contact_parts(keywords):
    """Fields, with False for absent, odd fields as bits, and JSON or None, of a contact
    made by hand."""
    given = dict(keywords or {})
    others = _checked_extra(given.pop("extra", None))
    refuse_unknown("Contact", given, (*_NAMES, "extra"))
    fields = [given.get(name, False) for name in _NAMES]
    odd = 0
    for index, name in enumerate(_NAMES):
        if name in given and not isinstance(given[name], (str, type(None))):
            odd |= 1 << index
            fields[index] = None
        elif isinstance(given.get(name), str):
            fields[index] = _checked_text(name, given[name])
    text = write_json({**given, **others}) if odd or others else None
    return tuple(fields), odd, text


def _checked_text(name, value):
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"{name} holds a lone surrogate, which is no character"
        ) from None
    return str(value)


def _checked_extra(extra):
    if extra is None:
        return {}
    if not isinstance(extra, dict):
        raise TypeError(f"extra must be dict, not {type(extra).__name__}")
    for name in extra:
        if name in _NAMES:
            raise UsageError(f"extra must not hold {name}, which is a field of its own")
    return extra


def to_html(page):
    """A table of a page, all text escaped."""
    from html import escape

    shown = [name for name in _NAMES if any(contact.has(name) for contact in page)]
    head = "".join(f"<th>{name}</th>" for name in shown)
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{_cell(escape, contact, name)}</td>" for name in shown)
        + "</tr>"
        for contact in page
    )
    caption = escape(repr(page).strip("<>"))
    return (
        f"<table><caption>{caption}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cell(escape, contact, name):
    value = getattr(contact, name)
    return "" if value is None else escape(str(value))
