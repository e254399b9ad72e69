"""`pgai get`, `pgai list` and `pgai create`."""

from __future__ import annotations

import sys
from typing import Any

import click

import pgai
from pgai._fields import FIELDS, TEXTS

from . import _options, _output
from ._text import shown


@click.command("get")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_options.key_file
@_options.as_json
def get_(ids: tuple[str, ...], key_file: str | None, as_json: bool) -> int:
    """Fetch contacts by their ids, in this order.

    Those that do not exist are named on stderr, and the exit status is 3.

    \b
    Examples:
      pgai get 52ead7e3-6ea7-4518-a397-fea8d53cc2e3
      pgai get $(cat ids.txt) > contacts.ndjson
    """
    status = 0
    with _options.client(key_file) as contacts:
        if len(ids) == 1:
            _output.write_contact(contacts.get(ids[0]), as_json)
            return status
        for id, contact in zip(ids, contacts.get_many(ids), strict=True):
            if contact is None:
                print(f"pgai: there is no contact {shown(id)}", file=sys.stderr)
                status = 3
            else:
                _output.write_contact(contact, as_json)
    return status


@click.command("list")
@click.option("--page", type=int, default=1, show_default=True, help="Which page.")
@click.option("--limit", type=int, help="Contacts a page; the service has a maximum.")
@_options.key_file
@_options.as_json
def list_(page: int, limit: int | None, key_file: str | None, as_json: bool) -> None:
    """List a page of contacts. To get all, use pgai export.

    \b
    Examples:
      pgai list --page 2 --limit 10
      pgai list | jq -r .email
    """
    with _options.client(key_file) as contacts:
        found = contacts.list(page, limit)
    _output.write_contacts(found, as_json)
    if _output.is_table(as_json):
        total = "" if found.total is None else f" of {found.total:,}"
        print(f"page {page}: {len(found)}{total} contacts", file=sys.stderr)


@click.command("create")
@_options.body("An object with the fields, as JSON")
@click.option("--extra", metavar="JSON", help="An object of other fields.")
@_options.key_file
@_options.as_json
def create_(
    body: str | None,
    extra: str | None,
    key_file: str | None,
    as_json: bool,
    **texts: str | None,
) -> None:
    """Create a contact, and print it as the service returns it.

    Exit status 5 says that it may have been created, or not: check before you retry.

    \b
    Examples:
      pgai create --first-name Sarah --last-name Connor --email sarah@example.com
      pgai create --input - < contact.json
    """
    fields: dict[str, Any] = {} if body is None else _fields(_options.read_json(body))
    fields |= {name: text for name, text in texts.items() if text is not None}
    if extra is not None:
        fields["extra"] = _options.parse_json(extra, "--extra")
    if not fields:
        raise click.UsageError("a contact needs fields, such as --first-name")
    with _options.client(key_file) as contacts:
        try:
            created = contacts.create(**fields)
        except TypeError as error:
            raise pgai.UsageError(str(error)) from None
    _output.write_contact(created, as_json)


def _fields(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise click.UsageError('--input is not an object, such as {"first_name": ...}')
    for name in given:
        if name not in FIELDS:
            raise click.UsageError(
                f"{name} is no field of a new contact: these are {', '.join(FIELDS)}"
            )
    return given


for _name in reversed(TEXTS):
    click.option(f"--{_name.replace('_', '-')}", _name, metavar="TEXT")(create_)
