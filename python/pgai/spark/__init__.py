"""Contacts as a data source of Spark 4, for batches and streams.

It needs ``pip install "pgai-contacts[spark]"``, on the executors too, and Java.

>>> import pgai.spark
>>> spark = pgai.spark.register()
>>> frame = spark.read.format("pgai").option("api_key_env", "PGAI_API_KEY").load()

docs/many-workers.md has all options.
"""

from __future__ import annotations

from typing import Any

from ._engine import session
from ._source import ContactsDataSource

__all__ = ["ContactsDataSource", "register"]


def register(spark: Any = None) -> Any:
    """Make the format "pgai" known to a session.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession, optional
        By default the one that is active, or else a new one.

    Returns
    -------
    pyspark.sql.SparkSession

    Raises
    ------
    UsageError
        There is no Java for a new session.

    Notes
    -----
    The number of cores that the session has now is how many tasks run at once, and
    divides the allowance of requests between them. The option `tasks` says another.
    """
    if spark is None:
        spark = session()
    try:
        tasks = int(spark.sparkContext.defaultParallelism)
    except Exception:  # Spark Connect has no context, and its own errors.
        tasks = None
    # A class of its own travels with what it knows.
    known = type(ContactsDataSource.__name__, (ContactsDataSource,), {"tasks": tasks})
    spark.dataSource.register(known)
    return spark
