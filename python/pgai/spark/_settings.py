"""The options of a read: checked where it is planned, and carried to its tasks."""

from __future__ import annotations

import difflib
import os
import socket
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pgai

KEY_IN_OPTIONS = (
    "the key is in the option api_key, which Spark carries in its plans: give "
    "api_key_env, the name of an environment variable of the executors, or api_key_file, "
    "a file there"
)


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return text.lower() == "true"


def _number(least: int, most: int | None = None) -> Callable[[str], int]:
    wanted = f"a whole number from {least}" + ("" if most is None else f" to {most:,}")

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(wanted) from None
        if number < least or (most is not None and number > most):
            raise ValueError(wanted)
        return number

    return read


def _share(text: str) -> float:
    wanted = "a number above 0, up to 1"
    try:
        share = float(text)
    except ValueError:
        raise ValueError(wanted) from None
    if not 0 < share <= 1:
        raise ValueError(wanted)
    return share


def _seconds(text: str) -> float | None:
    if text.lower() == "none":
        return None
    wanted = "seconds above 0, or none"
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(wanted) from None
    if not 0 < seconds < float("inf"):
        raise ValueError(wanted)
    return seconds


def _one_of(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in names:
            raise ValueError(" or ".join(names))
        return text.lower()

    return read


# What `pgai.Contacts` takes, and what this package takes itself.
_CLIENT: dict[str, Callable[[str], Any]] = {
    "base_url": str,
    "proxy": str,
    "ca": str,
    "allow_cleartext": _flag,
    "timeout": _seconds,
    "connect_timeout": _seconds,
    "deadline": _seconds,
    "max_wait": _seconds,
    "max_attempts": _number(1),
}
_OWN: dict[str, Callable[[str], Any]] = {
    "api_key": str,
    "api_key_env": str,
    "api_key_file": str,
    "partitions": _number(1, 10_000),
    "tasks": _number(1),
    "share": _share,
    "pace": _one_of("true", "false", "shared"),
    "limit": _number(1),
    "prefetch": _number(1, 32),
    "details": _flag,
    "strict": _flag,
    "max_rows": _number(1),
    "begin": _one_of("first", "latest"),
}
# Spark's own, which it gives to the sinks of streams.
_NOT_OURS = "checkpointlocation"
BATCH_ONLY = frozenset({"partitions", "tasks", "limit"})
STREAM_ONLY = frozenset({"max_rows", "begin"})


@dataclass(frozen=True)
class Settings:
    """What the options say. The key is in no repr; mostly only its place is known."""

    given: frozenset[str]
    client_options: Mapping[str, Any]
    key: str | None = field(repr=False)
    key_env: str | None
    key_file: str | None
    partitions: int
    tasks: int | None
    share: float
    pace: str
    limit: int | None
    prefetch: int | None
    details: bool
    strict: bool
    max_rows: int
    begin: str

    def client(self, at_once: int = 1) -> pgai.Contacts:
        """Open a client for one of so many tasks that run at once."""
        options = dict(self.client_options)
        share = self.share
        if self.pace == "shared":
            options["pace"] = "shared"
        elif self.pace == "false":
            options["pace"] = False
        else:
            share /= at_once
        if share < 1:
            options["share"] = share
        if self.key is not None or self.key_env or self.key_file:
            options["api_key"] = self._find_key
        return pgai.Contacts(**options)

    def _find_key(self) -> str:
        if self.key_file:
            return _read_key(self.key_file)
        if self.key_env:
            if not os.environ.get(self.key_env):
                raise pgai.UsageError(
                    f"the environment variable {self.key_env}, which api_key_env names, "
                    f"is not set on {socket.gethostname()}"
                )
            return os.environ[self.key_env]
        assert self.key is not None
        return self.key

    def only_for(self, kind: str, others: frozenset[str]) -> None:
        """Refuse options of the other kind of read."""
        for name in sorted(others & self.given):
            raise pgai.UsageError(f"the option {name} is not for {kind} reads")


def read_settings(options: Mapping[str, str], tasks: int | None) -> Settings:
    """Check options as Spark gives them; UsageError says what is wrong with one.

    `tasks` is how many run at once, if no option says so.
    """
    values = {
        name.lower(): _value(name.lower(), text)
        for name, text in options.items()
        if name.lower() != _NOT_OURS
    }
    places = [
        name for name in ("api_key", "api_key_env", "api_key_file") if name in values
    ]
    if len(places) > 1:
        raise pgai.UsageError(f"give only one of {' and '.join(places)}")
    if "api_key" in values:
        warnings.warn(KEY_IN_OPTIONS, UserWarning, stacklevel=3)
    client_options = {name: values[name] for name in _CLIENT if name in values}
    # All tasks ask the service that the plan asked, whatever their environment says.
    if "base_url" not in values and os.environ.get("PGAI_BASE_URL"):
        client_options["base_url"] = os.environ["PGAI_BASE_URL"]
    return Settings(
        given=frozenset(values),
        client_options=client_options,
        key=values.get("api_key"),
        key_env=values.get("api_key_env"),
        key_file=values.get("api_key_file"),
        partitions=values.get("partitions", 1),
        tasks=values.get("tasks", tasks),
        share=values.get("share", 1.0),
        pace=values.get("pace", "true"),
        limit=values.get("limit"),
        prefetch=values.get("prefetch"),
        details=values.get("details", False),
        strict=values.get("strict", True),
        max_rows=values.get("max_rows", 10_000),
        begin=values.get("begin", "first"),
    )


def _value(name: str, text: str) -> Any:
    known = _CLIENT | _OWN
    if name not in known:
        close = difflib.get_close_matches(name, known, 1)
        hint = (
            f": did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"
        )
        raise pgai.UsageError(f"there is no option {name}{hint}")
    try:
        return known[name](text)
    except ValueError as error:
        raise pgai.UsageError(f"{name} must be {error}, not {text!r}") from None


def _read_key(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            key = file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise pgai.UsageError(
            f"the file that api_key_file names cannot be read on {socket.gethostname()}: "
            f"{path}: {getattr(error, 'strerror', None) or 'it is not text'}"
        ) from None
    if not key:
        raise pgai.UsageError(f"{path}, which api_key_file names, is empty")
    return key
