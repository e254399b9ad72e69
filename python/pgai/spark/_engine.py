"""PySpark, as it is installed: checked once, when `pgai.spark` is imported."""

from __future__ import annotations

from typing import Any

import pgai
from pgai.bulk._library import load

_INSTALL = "pip install 'pgai-contacts[spark]'"


def _version() -> None:
    version = load("pyspark", f"pgai.spark needs PySpark 4: {_INSTALL}").__version__
    if int(version.split(".")[0]) < 4:
        raise pgai.UsageError(
            f"pgai.spark needs PySpark 4 or newer, for its data sources in Python, and "
            f"this is {version}: {_INSTALL}"
        )


_version()
pyarrow: Any = load("pyarrow", f"pgai.spark needs pyarrow: {_INSTALL}")
types: Any = load("pyspark.sql.types", f"PySpark is not whole: {_INSTALL}")
datasource: Any = load("pyspark.sql.datasource", f"PySpark is not whole: {_INSTALL}")


def available_now() -> Any:
    """Return the class of readers that take availableNow triggers; before 4.2: object."""
    try:
        streaming = load("pyspark.sql.streaming.datasource", "")
    except pgai.UsageError:
        return object
    return getattr(streaming, "SupportsTriggerAvailableNow", object)


def session() -> Any:
    """Return the session that is active, or a new one; UsageError: there is no Java."""
    builder = load(
        "pyspark.sql", f"PySpark is not whole: {_INSTALL}"
    ).SparkSession.builder
    try:
        return builder.getOrCreate()
    except Exception as error:
        if getattr(error, "getCondition", str)() != "JAVA_GATEWAY_EXITED":
            raise
        raise pgai.UsageError(
            "Spark does not start: it needs Java 17 or newer. Install one, such as "
            "Debian's openjdk-17-jre-headless, or set JAVA_HOME"
        ) from error
