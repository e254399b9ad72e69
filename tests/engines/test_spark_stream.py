"""Streams of new contacts: each once, whatever is restarted or repeated."""

import runpy
import sys

import pytest
from conftest import EXAMPLES, KEY_VARIABLE
from pyspark.sql.types import StringType, StructField, StructType

import pgai
from pgai.spark import ContactsDataSource
from pgai.testing import Sandbox

CONTACTS = 500


def ids_of(client):
    return [contact.id for contact in client]


def add(client, count=1):
    return [
        client.create(first_name="Sarah", last_name="Connor").id for _ in range(count)
    ]


@pytest.fixture
def stream(spark, service, tmp_path):
    """Run a query until there is nothing new. It has each batch by its number."""
    batches = {}

    def run(checkpoint="checkpoint", fails=None, **options):
        def keep(frame, number):
            rows = [row.id for row in frame.collect()]
            if fails:
                fails(number, rows)
            # A batch that comes again replaces itself.
            if rows:
                batches[number] = rows

        query = (
            spark.readStream.format("pgai")
            .options(api_key_env=KEY_VARIABLE, base_url=service.url, **options)
            .load()
            .writeStream.foreachBatch(keep)
            .option("checkpointLocation", str(tmp_path / checkpoint))
            .trigger(availableNow=True)
            .start()
        )
        try:
            query.awaitTermination()
        finally:
            query.stop()
        return [id for number in sorted(batches) for id in batches[number]]

    return run


def test_a_stream_that_is_started_again_and_again(stream, client, long):
    ids = stream()
    assert ids == ids_of(client)
    for _ in range(20 if long else 2):
        add(client, 3)
        ids = stream()
        assert len(ids) == len(set(ids))
        assert ids == ids_of(client)


def test_a_batch_that_failed_comes_again_as_it_was(stream, client, service):
    seen = []

    def fails(number, rows):
        seen.append(rows)
        raise RuntimeError("a lost driver")

    with pytest.raises(Exception, match="a lost driver"):
        stream(fails=fails)
    new = add(client, 70)
    gone = {"fault": "contacts_deleted", "n": 5, "at": "head", "match": {"times": 1}}
    service.fault(gone)
    client.list(limit=1)
    again = stream()
    assert again == seen[0][5:] + new
    assert again == ids_of(client)


def test_an_example(spark, monkeypatch, capsys, service, tmp_path):
    # The session's process beside the driver has the environment of its start.
    options = {"api_key_env": KEY_VARIABLE, "base_url": service.url}
    real = type(spark.readStream).load
    monkeypatch.setattr(
        type(spark.readStream), "load", lambda self: real(self.options(**options))
    )
    monkeypatch.setattr(sys, "argv", ["spark_stream.py", str(tmp_path / "folder")])
    main = runpy.run_path(str(EXAMPLES / "spark_stream.py"))["main"]
    assert main() == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{CONTACTS} contacts"


@pytest.fixture
def open_reader(monkeypatch):
    """Make the reader of a stream, without Spark: after a restart, there is another."""

    def open_reader(service, **options):
        monkeypatch.setenv(KEY_VARIABLE, service.api_key)
        options = {"api_key_env": KEY_VARIABLE, "base_url": service.url} | options
        schema = StructType([StructField("id", StringType())])
        return ContactsDataSource(options).simpleStreamReader(schema)

    return open_reader


@pytest.fixture
def reader(service, open_reader):
    return open_reader(service)


def ids(rows):
    return [id for (id,) in rows]


def meanwhile(service, client, fault, n, at):
    service.fault({"fault": fault, "n": n, "at": at, "match": {"times": 1}})
    client.list(limit=1)


def test_batches_of_some_rows(service, client, open_reader):
    reader = open_reader(service, max_rows="120")
    offset = reader.initialOffset()
    found = []
    while True:
        rows, behind = reader.read(offset)
        if behind == offset:
            break
        rows = ids(rows)
        assert ids(open_reader(service).readBetweenOffsets(offset, behind)) == rows
        assert len(rows) < 120 + 50
        found += rows
        offset = behind
    assert found == ids_of(client)


def test_it_can_begin_with_what_comes(service, client, open_reader):
    reader = open_reader(service, begin="latest")
    offset = reader.initialOffset()
    new = add(client, 2)
    assert ids(reader.read(offset)[0]) == new


def test_deleted_contacts_hide_no_new_ones(reader, service, client):
    offset = reader.read(reader.initialOffset())[1]
    meanwhile(service, client, "contacts_deleted", 200, "head")
    new = add(client, 2)
    assert ids(reader.read(offset)[0]) == new


def test_contacts_added_elsewhere_fail_the_query(reader, service, client):
    offset = reader.read(reader.initialOffset())[1]
    meanwhile(service, client, "contacts_added", 3, "head")
    with pytest.raises(pgai.IncompleteError, match="3 contacts were added, but not at"):
        reader.read(offset)


def test_an_empty_list_that_grows(open_reader):
    with Sandbox(contacts=0) as service, service.client() as client:
        reader = open_reader(service)
        rows, offset = reader.read(reader.initialOffset())
        assert ids(rows) == []
        assert reader.read(offset)[1] == offset
        new = add(client, 2)
        rows, offset = reader.read(offset)
        assert ids(rows) == new
        assert reader.read(offset)[1] == offset


@pytest.mark.parametrize(("n", "at"), [(1, "tail"), (5, "tail"), (7, "head")])
def test_a_batch_ends_where_it_did_though_contacts_are_gone(
    reader, service, client, n, at
):
    start = reader.initialOffset()
    rows, end = reader.read(start)
    first = ids(rows)
    meanwhile(service, client, "contacts_deleted", n, at)
    new = add(client, 60)
    left = [id for id in ids_of(client) if id in first]
    assert ids(reader.readBetweenOffsets(start, end)) == left
    assert ids(reader.read(end)[0]) == new


def test_a_batch_whose_end_is_gone_is_told(reader, service, client):
    start = reader.initialOffset()
    end = reader.read(start)[1]
    meanwhile(service, client, "contacts_deleted", 25, "tail")
    with pytest.raises(pgai.IncompleteError, match="cannot be repeated"):
        reader.readBetweenOffsets(start, end)
