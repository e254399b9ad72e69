"""Jobs over all contacts: export them, import rows, keep a table up to date.

A job can be stopped at any moment, by Ctrl-C, a failure or kill -9, and goes on where
it was.
"""

from ._export import ExportReport, export
from ._import import ImportReport, check_row, import_contacts
from ._journal import Entry, read_journal
from ._progress import Progress
from ._refused import refused_suffix, write_refused
from ._rows import Source, read_file
from ._sync import SyncReport, sync

__all__ = [
    "Entry",
    "ExportReport",
    "ImportReport",
    "Progress",
    "Source",
    "SyncReport",
    "check_row",
    "export",
    "import_contacts",
    "read_file",
    "read_journal",
    "refused_suffix",
    "sync",
    "write_refused",
]
