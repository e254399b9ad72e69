"""Writes the reference of the command pgai, from its help."""

from inspect import cleandoc
from pathlib import Path

import click

from pgai._command._group import cli

TITLE = "The command pgai"


def write(folder):
    """Write the page; return the names of all commands."""
    context = click.Context(cli, info_name="pgai")
    lines = [TITLE, "=" * len(TITLE), "", *_described(context)]
    names = []
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        inner = click.Context(command, info_name=name, parent=context)
        heading = f"pgai {name}"
        lines += [heading, "-" * len(heading), "", *_described(inner)]
        names.append(heading)
    (Path(folder) / "command.rst").write_text("\n".join(lines) + "\n", "utf-8")
    return names


def _described(context):
    usage = " ".join(
        [context.command_path, *context.command.collect_usage_pieces(context)]
    )
    lines = [".. code-block:: text", "", f"   {usage}", ""]
    for paragraph in cleandoc(context.command.help or "").split("\n\n"):
        if paragraph.startswith("\b\n"):
            shown = paragraph.removeprefix("\b\n").splitlines()
            lines += [".. code-block:: text", "", *(f"   {line}" for line in shown), ""]
        else:
            lines += [_words(paragraph), ""]
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            names, help = record
            lines += [f"``{names}``", f"   {_words(help) or 'No argument.'}", ""]
    return lines


def _words(text):
    for sign in "\\*`_|":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
