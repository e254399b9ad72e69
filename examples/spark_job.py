"""Write all contacts as Parquet on Spark, and show where most of them work.

    pip install "pgai-contacts[spark]"
    python spark_job.py contacts.parquet [PARTITIONS]

The key is in $PGAI_API_KEY, also on the executors. The job fails rather than lose
contacts. One partition proves that none is missing; with more of them, a task that dies
has less to do again.
"""

import sys

import pgai.spark


def main() -> int:
    if len(sys.argv) not in (2, 3):
        print("usage: spark_job.py FOLDER [PARTITIONS]", file=sys.stderr)
        return 2
    partitions = sys.argv[2] if len(sys.argv) == 3 else "1"
    spark = pgai.spark.register()
    reader = spark.read.format("pgai").option("partitions", partitions)
    # Only these columns are sent to Spark; without a schema, all are.
    columns = "id STRING, email STRING, company STRING"
    reader.schema(columns).load().write.mode("overwrite").parquet(sys.argv[1])
    contacts = spark.read.parquet(sys.argv[1])
    contacts.groupBy("company").count().orderBy("count", ascending=False).show(5)
    print(f"{contacts.count()} contacts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
