"""The data source, as Spark knows it by its name."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Mapping
from typing import Any, NoReturn

import pgai

from ._batch import Reader
from ._columns import columns_of, schema_text
from ._engine import datasource
from ._settings import BATCH_ONLY, STREAM_ONLY, read_settings
from ._stream import StreamReader

NO_WRITES = (
    "pgai.spark does not write: Spark repeats tasks, and each repeated create would be a "
    "contact more. Write the rows to a file, and import that: 'pgai import FILE', or "
    "pgai.bulk.import_contacts(), creates none of them twice"
)


class ContactsDataSource(datasource.DataSource, metaclass=ABCMeta):  # type: ignore[misc]
    """Contacts, for ``spark.read.format("pgai")`` and ``spark.readStream``."""

    # How many tasks the session runs at once; None: not known.
    tasks: int | None = None

    def __init__(self, options: Mapping[str, str]) -> None:
        self.settings = read_settings(options, self.tasks)
        # Spark pickles this object: a key has no second place in it.
        super().__init__({})

    @classmethod
    def name(cls) -> str:
        return "pgai"

    def schema(self) -> str:
        return schema_text()

    def reader(self, schema: Any) -> Reader:
        self.settings.only_for("batch", STREAM_ONLY)
        return Reader(self.settings, columns_of(schema))

    def simpleStreamReader(self, schema: Any) -> StreamReader:
        self.settings.only_for("stream", BATCH_ONLY)
        return StreamReader(self.settings, columns_of(schema))

    def writer(self, schema: Any, overwrite: bool) -> NoReturn:
        raise pgai.UsageError(NO_WRITES)

    def streamWriter(self, schema: Any, overwrite: bool) -> NoReturn:
        raise pgai.UsageError(NO_WRITES)
