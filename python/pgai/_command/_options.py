"""Options that commands share, and the client that is made of them."""

from __future__ import annotations

import json
import os
import stat
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

import pgai

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

Command = TypeVar("Command", bound="Callable[..., Any]")

as_json = click.option(
    "--json", "as_json", is_flag=True, help="Write JSON lines, also on a terminal."
)
key_file = click.option(
    "--key-file",
    type=click.Path(),
    metavar="FILE",
    help="A file with the API key, instead of $PGAI_API_KEY.",
)
details = click.option(
    "--details",
    is_flag=True,
    help="Fetch each contact on its own: lists lack some fields.",
)
strict = click.option(
    "--strict",
    is_flag=True,
    help="Prove that no contact is missing, for a fifth more requests.",
)


def body(help: str) -> Callable[[Command], Command]:
    """Return the option of a body in JSON."""
    return click.option("--input", "body", metavar="FILE", help=f"{help}; -: from stdin.")


def parse_json(text: str | bytes, name: str) -> Any:
    """Return what JSON says; `name` is where it is from."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{name} is not JSON: {error}") from None


def read_json(path: str) -> Any:
    """Return what a file of JSON has; `path` can be "-" for stdin."""
    if path == "-":
        return parse_json(sys.stdin.buffer.read(), "stdin")
    with open(path, "rb") as file:
        return parse_json(file.read(), path)


class Key:
    """An API key, and where it is from. Nothing shows it by accident."""

    __slots__ = ("_path", "_read")

    def __init__(self, path: str | None) -> None:
        """Take the key of a file, or of the environment."""
        if path is None and "PGAI_API_KEY" not in os.environ:
            raise pgai.UsageError(
                "there is no API key: set the environment variable PGAI_API_KEY, or give "
                "--key-file FILE"
            )
        self._path = path
        self._read = None if path is None else _kept(path)

    def __str__(self) -> str:
        """Return its source, and its last four characters; not even those if short."""
        key = os.environ["PGAI_API_KEY"] if self._read is None else self._read()
        tail, key = key[-4:] if len(key) >= 20 else "", ""
        return f"...{tail} from {self._path or '$PGAI_API_KEY'}"

    @contextmanager
    def client(self, **options: Any) -> Iterator[pgai.Contacts]:
        """Make a client that uses it."""
        try:
            with pgai.Contacts(self._read, **options) as contacts:
                yield contacts
        except pgai.AuthenticationError as error:
            if self._path:
                error.key_source = self._path
            raise


def client(path: str | None, **options: Any) -> AbstractContextManager[pgai.Contacts]:
    """Make a client with the key of a file, or of the environment."""
    return Key(path).client(**options)


def _kept(path: str) -> Callable[[], str]:
    """Read a file once, since a pipe has it only once; return what returns the key."""
    with open(path, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISREG(mode) and mode & stat.S_IROTH:
            raise pgai.UsageError(
                f"{path} can be read by every user of this machine: chmod 600 {path}"
            )
        return file.read(65_536).decode("utf-8", "replace").strip().__str__
