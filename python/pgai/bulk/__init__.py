"""Jobs over all contacts: export them.

A job can be stopped at any moment, by Ctrl-C, a failure or kill -9, and goes on where
it was.
"""

from ._export import ExportReport, export
from ._progress import Progress

__all__ = ["ExportReport", "Progress", "export"]
