"""`pgai man`: the manual page, made of the help."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING

import click

import pgai

from . import _output

if TYPE_CHECKING:
    from collections.abc import Iterator

# What troff takes for something else: for its own commands, and for typographic signs.
SIGNS = str.maketrans(
    {
        "\\": r"\e",
        "-": r"\-",
        "'": r"\(aq",
        "`": r"\(ga",
        "^": r"\(ha",
        "~": r"\(ti",
        '"': r"\(dq",
    }
)
PREFORMATTED = "\b\n"  # click's mark of a paragraph that keeps its lines


@click.command("man")
def man_() -> None:
    """Print the manual page of this command.

    \b
    Examples:
      pgai man | man -l -
      pgai man > /usr/local/share/man/man1/pgai.1
    """
    from ._group import cli

    _output.write_json("\n".join(_page(cli)))


def _page(group: click.Group) -> Iterator[str]:
    context = click.Context(group, info_name="pgai")
    yield f'.TH PGAI 1 "" "pgai {pgai.__version__}"'
    first, _, rest = (group.help or "").partition("\n\n")
    yield from (".SH NAME", rf"pgai \- {_text(first).rstrip('.')}")
    yield from (".SH SYNOPSIS", _usage(context))
    yield from (".SH DESCRIPTION", *_paragraphs(rest))
    yield from (".SH OPTIONS", *_options(context))
    yield ".SH COMMANDS"
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            inner = click.Context(command, info_name=name, parent=context)
            yield f'.SS "{_usage(inner)}"'
            yield from _paragraphs(command.help or "")
            yield from _options(inner, without=context.help_option_names)


def _usage(context: click.Context) -> str:
    pieces = context.command.collect_usage_pieces(context)
    return _text(" ".join([context.command_path, *pieces]))


def _paragraphs(help: str) -> Iterator[str]:
    for at, paragraph in enumerate(cleandoc(help).split("\n\n")):
        if at > 0:
            yield ".PP"
        if paragraph.startswith(PREFORMATTED):
            lines = paragraph.removeprefix(PREFORMATTED).splitlines()
            yield from (".nf", *map(_text, lines), ".fi")
        else:
            yield _text(" ".join(paragraph.split()))


def _options(context: click.Context, without: list[str] | None = None) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        named = isinstance(parameter, click.Option) and parameter.opts != without
        if record is not None and named:
            names, help = record
            yield from (".TP", rf"\fB{_text(names)}\fR", _text(help) or r"\&")


def _text(text: str) -> str:
    """Return text as troff shows it; no line of it is a command of troff."""
    text = text.translate(SIGNS)
    return rf"\&{text}" if text.startswith(".") else text
