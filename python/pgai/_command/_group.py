"""The commands by name; each is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

import pgai

# In the order of the help: the module of each, and what it does.
COMMANDS = {
    "check": ("_check", "Show the settings, and try them with one request."),
    "get": ("_contacts", "Fetch contacts by their ids."),
    "list": ("_contacts", "List a page of contacts."),
    "create": ("_contacts", "Create a contact."),
    "request": ("_request", "Send a request to any endpoint."),
    "export": ("_export", "Write all contacts to a file."),
    "sync": ("_sync", "Keep a SQLite table of all contacts up to date."),
    "import": ("_import", "Create a contact of each row of a file."),
    "sandbox": ("_sandbox", "Run an emulator of the service."),
    "completion": ("_completion", "Print what completes this command in a shell."),
    "man": ("_man", "Print the manual page."),
}

HELP = """A client of the PG:AI Contacts API.

The API key comes from the environment variable PGAI_API_KEY, or from --key-file.
Data goes to stdout: tables on a terminal, JSON lines in a pipe or with --json.
Messages go to stderr; PGAI_LOG=debug shows each request there.

\b
Examples:
  pgai check
  pgai list | jq -r .email
  pgai export contacts.csv
  pgai COMMAND --help

\b
Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found,
4 not authenticated or not permitted, 5 outcome unknown: check before you retry,
6 incomplete, 130 stopped by Ctrl-C.
"""


class ClosedPipe(Exception):
    """Nobody reads stdout any more. click would make a failure of the OSError."""


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ClosedPipe from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{__package__}.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])


cli = _Commands(
    "pgai",
    help=HELP,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
click.version_option(pgai.__version__, message="%(prog)s %(version)s")(cli)
