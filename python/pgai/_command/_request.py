"""`pgai request`: any other endpoint."""

from __future__ import annotations

import json
import sys

import click

import pgai

from . import _options, _output


@click.command("request")
@click.argument("method")
@click.argument("path")
@click.option("--query", multiple=True, metavar="NAME=VALUE", help="May come repeatedly.")
@_options.body("The body, as JSON")
@_options.key_file
@_options.as_json
def request_(
    method: str,
    path: str,
    query: tuple[str, ...],
    body: str | None,
    key_file: str | None,
    as_json: bool,
) -> None:
    """Send a request to any endpoint, and print the response.

    A GET or HEAD is tried again. Anything else is sent once, and exit status 5 says that
    it may have been carried out, or not.

    \b
    Examples:
      pgai request GET /territories
      pgai request GET /contacts --query page=2 --query limit=10
    """
    pairs = []
    for pair in query:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--query {pair} is not NAME=VALUE")
        pairs.append((name, value))
    given = None if body is None else _options.read_json(body)
    with _options.client(key_file) as contacts:
        try:
            response = contacts.request(method.upper(), path, query=pairs, json=given)
        except TypeError as error:
            raise pgai.UsageError(str(error)) from None
    if response.text and _output.is_table(as_json) and response.json is not None:
        _output.write_json(json.dumps(response.json, indent=2, ensure_ascii=False))
    elif response.text:
        _output.write_json(response.text)
    elif _output.is_table(as_json):
        print(f"status {response.status}, without a body", file=sys.stderr)
