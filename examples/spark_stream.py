"""Write contacts as Parquet as they are added, each of them once, on Spark.

    pip install "pgai-contacts[spark]"
    python spark_stream.py FOLDER

It ends when there is nothing new, and goes on from there the next time: start it by a
timer. With trigger(processingTime="1 minute") instead it would run on. A batch that was
interrupted comes again with the same number, and replaces what it had written.
"""

import sys
from typing import Any

import pgai.spark


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: spark_stream.py FOLDER", file=sys.stderr)
        return 2
    folder = sys.argv[1]

    def write(frame: Any, batch: int) -> None:
        frame.write.mode("overwrite").parquet(f"{folder}/contacts/batch={batch}")

    spark = pgai.spark.register()
    query = (
        spark.readStream.format("pgai")
        .load()
        .writeStream.foreachBatch(write)
        .option("checkpointLocation", f"{folder}/checkpoint")
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
    print(f"{spark.read.parquet(f'{folder}/contacts').count()} contacts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
