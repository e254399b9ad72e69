"""The command `pgai`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status."""
    if not (find_spec("click") and find_spec("rich")):
        print(
            "pgai: the command needs click and rich: pip install 'pgai-contacts[cli]'",
            file=sys.stderr,
        )
        return 2
    try:
        from ._run import run

        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return 130
