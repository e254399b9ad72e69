"""`pgai sandbox`: an emulator of the service, until Ctrl-C."""

from __future__ import annotations

import contextlib
import shlex
import sys
import threading

import click

from . import _options, _output


@click.command("sandbox")
@click.option("--contacts", type=int, default=1000, show_default=True)
@click.option("--fault", multiple=True, metavar="JSON", help="A way to misbehave.")
@_options.as_json
def sandbox_(contacts: int, fault: tuple[str, ...], as_json: bool) -> None:
    """Run an emulator of the service on this machine, until Ctrl-C.

    It prints its URL and its key.

    \b
    Examples:
      pgai sandbox --contacts 5000
      pgai sandbox --fault '{"fault": "status", "code": 503, "match": {"nth": 2}}'
    """
    from pgai.testing import Sandbox

    rules = [_options.parse_json(rule, "--fault") for rule in fault]
    try:
        sandbox = Sandbox(contacts, faults=rules)
    except (ValueError, TypeError, OverflowError) as error:
        raise click.UsageError(str(error)) from None
    with sandbox:
        if _output.is_table(as_json):
            print(f"export PGAI_BASE_URL={shlex.quote(sandbox.url)}")
            print(f"export PGAI_API_KEY={shlex.quote(sandbox.api_key)}")
            print("pgai: the sandbox runs until Ctrl-C", file=sys.stderr)
        else:
            values = {"url": sandbox.url, "api_key": sandbox.api_key}
            _output.write_values(values, as_json)
        sys.stdout.flush()
        # Ctrl-C is how it is meant to end.
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
