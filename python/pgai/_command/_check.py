"""`pgai check`: the settings, and whether they work."""

from __future__ import annotations

import os
import platform
import time
from typing import Any

import click

import pgai

from . import _options, _output

# In the order in which the core looks for them.
PROXIES = {
    "https": ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
    "http": ("http_proxy", "all_proxy", "ALL_PROXY"),
}


@click.command("check")
@_options.key_file
@_options.as_json
def check_(key_file: str | None, as_json: bool) -> None:
    """Show which settings are used, and try them with one request.

    Of the key only its source and its last four characters are shown.

    \b
    Examples:
      pgai check
      pgai check --key-file ~/.config/pgai.key
    """
    key = _options.Key(key_file)
    with key.client() as contacts:
        values: dict[str, Any] = {
            "key": str(key),
            "url": contacts.base_url,
            "proxy": _proxy(contacts.base_url),
            "certificates": _certificates(),
            "versions": f"pgai {pgai.__version__}, Python {platform.python_version()}",
        }
        begun = time.monotonic()
        try:
            page = contacts.list(limit=1)
            values["request"] = f"fine, {round((time.monotonic() - begun) * 1000)} ms"
            values["contacts"] = page.total
        except pgai.Error as error:
            values["request"] = f"failed: {error.message}"
            raise
        finally:
            limit = contacts.rate_limit
            values["rate_limit"] = (
                f"{limit.remaining} of {limit.limit} left"
                if limit and limit.limit is not None
                else "not known"
            )
            _output.write_values(values, as_json)


def _proxy(url: str) -> str:
    """Name the variable that sets the proxy, and its host; never a password."""
    for name in PROXIES[url.partition(":")[0]]:
        if os.environ.get(name):
            host = os.environ[name].rpartition("@")[2].rpartition("//")[2]
            unless = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
            return f"{host} from ${name}" + (f", not for {unless}" if unless else "")
    return "none"


def _certificates() -> str:
    given = [
        f"{os.environ[name]} from ${name}"
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")
        if os.environ.get(name)
    ]
    return ", ".join(given) or "those of the system"
