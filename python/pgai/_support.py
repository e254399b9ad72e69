"""What the extension leaves to Python, because it is rare and shorter here.

It is imported when it is first needed, at the latest before Python shuts down. It keeps
no module: those are emptied then, while its functions may still be called.
"""

from json import JSONDecoder, dumps
from os.path import abspath
from re import compile as pattern

from ._arguments import refuse_unknown
from ._errors import UsageError
from ._pgai import Contact

_NAMES = Contact.__match_args__

# How to make text, or a number of seconds, of other values.
_TO_TEXT = {
    "bytes": "decode it first",
    "bytearray": "decode it first",
    "date": "give its isoformat()",
    "datetime": "give its isoformat()",
    "time": "give its isoformat()",
    "Timestamp": "give its isoformat()",
    "Decimal": "give str() of it",
    "UUID": "give str() of it",
}
_TO_NUMBER = {"timedelta": "give its total_seconds()"}

# The core accepts no JSON that is nested deeper.
_MOST_DEPTH = 64

# The most digits of an int in Python 3.11 and later, by default.
_MOST_DIGITS = 4300

_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = pattern(rf"\\(?:{_PAIR}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{{2}})|.)")


def parse(text):
    """What JSON text says, as values that can be compared and written again.

    They are those of documented fields, and of the other languages: half a surrogate pair
    is U+FFFD, and a number that is too large for Python remains text.
    """
    # Before it is read, since two names may become one.
    return _decode(_mended(text) if "\\ud" in text or "\\uD" in text else text)


def _mended(text):
    return _ESCAPE.sub(lambda found: r"\ufffd" if found["half"] else found[0], text)


def _integer(text):
    if len(text.lstrip("-")) > _MOST_DIGITS:
        return text
    try:
        return int(text)
    except ValueError:  # This interpreter has a lower maximum of digits.
        return text


def _fraction(text):
    number = float(text)
    # Too large for a double, or so small that it becomes 0.
    lost = number - number != 0 or (
        number == 0 and text.lower().split("e")[0].strip("-0.")
    )
    return text if lost else number


_decode = JSONDecoder(parse_int=_integer, parse_float=_fraction).decode


def write_json(value):
    """JSON of values that JSON has."""
    return dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _called(kind):
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def _hint(hints, kind):
    return f"; {hints[kind.__name__]}" if kind.__name__ in hints else ""


def refuse_type(name, expected, kind):
    """Raise TypeError for an argument of that type."""
    hints = _TO_TEXT if expected.startswith("str") else _TO_NUMBER
    raise TypeError(f"{name} must be {expected}, not {_called(kind)}{_hint(hints, kind)}")


def is_missing(value):
    """Whether a value is a missing value of a data frame.

    NaN, NaT and their like differ from themselves; pandas.NA knows no answer but itself.
    """
    if hasattr(value, "__len__"):
        return False
    try:
        differs = value != value
        return differs is value or bool(differs)
    except (TypeError, ValueError, ArithmeticError):  # It compares by other rules.
        return False


def _plain(value, at, around=()):
    """A value as JSON has it; other values are refused, with their place.

    `around` are the ids of the values that it is in.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _checked_text(at, value)
    if isinstance(value, int):
        return _checked_digits(at, value)
    if isinstance(value, dict):
        return _plain_dict(value, at, around)
    if isinstance(value, (list, tuple)):
        return _plain_list(value, at, around)
    if is_missing(value) or (isinstance(value, float) and value - value != 0):
        raise UsageError(
            f"{at} is {value}, which JSON does not have; "
            "leave it out, or use None for null"
        )
    return value if isinstance(value, float) else _plain_scalar(value, at)


# No comprehensions from here: without memory in one, Python 3.11 itself may crash.
def _plain_list(value, at, around):
    around = _around(value, at, around)
    parts = []
    for part in value:
        parts.append(_plain(part, f"{at}[{len(parts)}]", around))
    return parts


def _plain_dict(value, at, around=()):
    around = _around(value, at, around)
    fields = {}
    for name, part in value.items():
        if not isinstance(name, str):
            refuse_type(f"a name in {at}", "str", type(name))
        text = _checked_text(f"a name in {at}", name)
        fields[text] = _plain(part, f"{at}[{text!r}]", around)
    return fields


def _around(value, at, around):
    if id(value) in around:
        raise UsageError(f"{at} contains itself")
    if len(around) >= _MOST_DEPTH:
        raise UsageError(f"{at} is nested too deeply")
    return (*around, id(value))


def _plain_scalar(value, at):
    """A number or truth value of numpy and similar libraries, as Python's own."""
    dtype = getattr(value, "dtype", None)
    if getattr(dtype, "kind", "?") in "biuf" and value.shape == ():
        plain = value.item()
        if isinstance(plain, (int, float)):
            return _plain(plain, at)
    kind = type(value)
    hint = _hint(_TO_TEXT, kind)
    raise TypeError(f"{at} is a {_called(kind)}, which JSON does not have{hint}")


def extra_text(extra):
    """JSON of the undocumented fields of a create."""
    if not isinstance(extra, dict):
        refuse_type("extra", "dict", type(extra))
    return write_json(_plain_dict(extra, "extra"))


def json_text(value):
    """JSON of the body of a request."""
    return write_json(_plain(value, "json"))


def query_parts(query):
    """The names and values of a query, in turn."""
    if isinstance(query, (str, bytes)):
        return refuse_type("query", "dict, or pairs of name and value", type(query))
    parts = []
    items = getattr(query, "items", None)
    for pair in items() if items else query:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            refuse_type("an item of query", "a pair of name and value", type(pair))
        name, value = pair
        if not isinstance(name, str):
            refuse_type("a name in query", "str", type(name))
        values = value if isinstance(value, (list, tuple)) else (value,)
        for one in values:
            parts += name, _parameter(one, f"query[{name!r}]")
    return tuple(parts)


def _parameter(value, at):
    try:
        plain = _plain(value, at)
    except TypeError:
        plain = {}
    if plain is None:
        raise UsageError(f"{at} is None; leave it out")
    if isinstance(plain, (dict, list)):
        refuse_type(at, "str, int, float or bool, or a list of those", type(value))
    return plain if isinstance(plain, str) else write_json(plain)


def absolute(path):
    return abspath(path)


def certifi_bundle():
    """The file of trusted certificates of certifi; None: it is not installed."""
    try:
        import certifi
    except ImportError:
        return None
    return certifi.where()


def extra(text):
    """The undocumented fields of a contact."""
    fields = parse(text)
    for name in _NAMES:
        fields.pop(name, None)
    return fields


def moment(value):
    """An aware datetime; None if the value is not a time."""
    # Not at the top: Python 3.12.1 crashes if several interpreters with a GIL of their
    # own import it.
    from datetime import UTC, datetime

    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def contact_json(keywords):
    """The JSON of a contact that is made by hand."""
    fields = dict(keywords or {})
    others = _checked_extra(fields.pop("extra", None))
    refuse_unknown("Contact", fields, (*_NAMES, "extra"))
    for name, value in fields.items():
        fields[name] = _plain(value, name)
    return write_json({**fields, **others}).encode()


def _checked_text(name, value):
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"{name} contains a lone surrogate, which is not a character"
        ) from None
    return str.__str__(value)  # str() of an enumeration's text would be its name.


def _checked_digits(name, value):
    try:
        int.__repr__(value)
    except ValueError as error:
        raise UsageError(f"{name} cannot be encoded: {error}") from None
    return value


def _checked_extra(extra):
    if extra is None:
        return {}
    if not isinstance(extra, dict):
        refuse_type("extra", "dict", type(extra))
    for name in extra:
        if name in _NAMES:
            raise UsageError(f"{name} must not be in extra: pass it as a field")
    return _plain_dict(extra, "extra")


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


def pydantic_schema(kind):
    """How Pydantic reads and writes a Contact, or a Page as a list of contacts."""
    from pydantic_core import core_schema, to_json

    def schema(kind, plain, read, write):
        """`read` makes an object of plain values, `write` those of an object."""
        return core_schema.union_schema(
            [
                core_schema.is_instance_schema(kind),
                core_schema.no_info_after_validator_function(read, plain),
            ],
            serialization=core_schema.plain_serializer_function_ser_schema(
                write, return_schema=plain
            ),
        )

    def read_contact(given):
        return Contact(to_json(given))  # pyright: ignore[reportCallIssue]

    fields = core_schema.dict_schema(core_schema.str_schema())
    contact = schema(Contact, fields, read_contact, Contact.to_dict)
    if kind is Contact:
        return contact
    return schema(kind, core_schema.list_schema(contact), kind, list)


def _cell(escape, contact, name):
    value = getattr(contact, name)
    return "" if value is None else escape(str(value))
