"""Libraries that are installed only by those who need them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pgai


def load(name: str, without: str) -> Any:
    """Import a module; UsageError, with the message `without`: it is not installed.

    Not all of them have types, so it is Any.
    """
    try:
        return import_module(name)
    except ImportError:
        raise pgai.UsageError(without) from None
