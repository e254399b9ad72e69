"""Text of the service, as a terminal may show it."""

from __future__ import annotations


def shown(text: str) -> str:
    r"""Return the text with what could steer a terminal as \uXXXX, as in JSON."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
