"""Says why a part of this package is missing. It is imported only then."""

import sys
from importlib.metadata import packages_distributions
from pathlib import Path


def missing(what: str | None = None) -> ImportError:
    """The error to raise: another project has files in this folder, or some are missing.

    `what` is what was noticed; None: the exception that is being handled.
    """
    what = what or str(sys.exception())
    folder = Path(__file__).parent
    others = sorted(set(packages_distributions().get("pgai", ())) - {"pgai-contacts"})
    if others:
        return ImportError(
            f"{what}: the distributions pgai-contacts and {', '.join(others)} are both "
            f"installed in {folder}, where each overwrites files of the other: one "
            "environment can have one of them. Uninstall both, then install the one you "
            f"need: pip uninstall pgai-contacts {' '.join(others)}"
        )
    return ImportError(
        f"{what}: {folder} lacks files, or they are for another Python, such as one "
        "without GIL: uninstall pgai-contacts, and install it again for this Python"
    )
