"""Contacts as a data source of Spark: batches, in a session of four cores."""

import concurrent.futures
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import urllib.request

import pytest
from conftest import KEY_VARIABLE

from pgai.testing import Sandbox

CONTACTS = 2000
PAGES = 40


@pytest.fixture
def reader(spark, service):
    return reader_of(spark, service)


def reader_of(spark, service, **options):
    options = {"api_key_env": KEY_VARIABLE, "base_url": service.url} | options
    return spark.read.format("pgai").options(**options)


def ids_of(service):
    with service.client() as contacts:
        return [contact.id for contact in contacts]


def read(frame):
    return [row.id for row in frame.select("id").collect()]


def requests(service):
    return service.log()["counts"]["requests"]


def assert_once(found, stayers):
    counts = dict.fromkeys(stayers, 0)
    for id in found:
        if id in counts:
            counts[id] += 1
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("partitions", [1, 4])
def test_all_contacts(reader, service, partitions):
    frame = reader.option("partitions", partitions).load()
    assert frame.rdd.getNumPartitions() == partitions
    assert sorted(read(frame)) == sorted(ids_of(service))


def test_one_partition_proves_that_none_is_missing(reader, service):
    """One comes and one goes, so no total tells it."""
    stayers = ids_of(service)
    at = {"n": 1, "at": "head", "to": "tail"}
    service.fault({"fault": "contacts_replaced", **at})
    found = read(reader.load())
    assert_once(found, set(stayers) & set(ids_of(service)))


def test_partitions_do_not_lose_what_moves_over_their_edges(spark, long):
    """Contacts are added before each response."""
    contacts = 100_000 if long else CONTACTS
    with Sandbox(contacts=contacts) as service:
        stayers = ids_of(service)
        before = requests(service)
        fault = {"fault": "contacts_added", "n": 1, "at": "random"}
        service.fault(fault | {"match": {"every": 50 if long else 10}})
        found = read(reader_of(spark, service, partitions="8").load())
        spent = requests(service) - before
        print(f"{spent} requests for {contacts // 50} pages")
        assert_once(found, stayers)
        assert not long or spent <= 1.02 * contacts / 50


def kill_tasks(wanted, service, spent):
    """Kill the processes of so many tasks, at a number of requests, and 20 behind it."""
    port = int(service.url.split(":")[2].split("/")[0])
    killed = []
    for number in range(1, wanted + 1):
        while requests(service) < spent + 20 * number:
            threading.Event().wait(0.002)
        process = None
        for _ in range(1000):
            process = next(
                (each for each in talking_to(port) if each not in killed), None
            )
            if process is not None:
                break
            threading.Event().wait(0.002)
        os.kill(process, signal.SIGKILL)
        killed.append(process)
    return killed


def talking_to(port):
    """Yield processes of Spark that have a connection to a port of this one."""
    rows = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    inodes = {
        f"socket:[{row.split()[9]}]"
        for row in rows
        if int(row.split()[2].partition(":")[2], 16) == port
    }
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            sockets = {os.readlink(each) for each in process.joinpath("fd").iterdir()}
            program = process.joinpath("cmdline").read_bytes()
            if sockets & inodes and b"pyspark.daemon" in program:
                yield int(process.name)


def test_two_tasks_that_are_killed(spark, long):
    contacts = 100_000 if long else CONTACTS
    with Sandbox(contacts=contacts) as service:
        stayers = ids_of(service)
        service.fault({"fault": "latency", "ms": 20})
        service.fault({"fault": "contacts_added", "match": {"every": 50}})
        before = requests(service)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            killed = pool.submit(kill_tasks, 2, service, before)
            found = read(reader_of(spark, service, partitions="8").load())
        print(f"{requests(service) - before} requests for {contacts // 50} pages")
        assert len(set(killed.result())) == 2
        assert_once(found, stayers)


@pytest.mark.parametrize("partitions", [1, 4])
def test_a_gap_fails_the_job_and_is_told_with_its_place(reader, service, partitions):
    # A strict walk sees that a short page is one, and asks for its contacts otherwise.
    fault = "total_missing" if partitions == 1 else "short_page"
    service.fault({"fault": fault} | ({"page": 15} if partitions > 1 else {}))
    frame = reader.option("partitions", partitions).load()
    with pytest.raises(
        Exception, match=r"IncompleteError.*(?s:.*)pgai\.spark: while reading"
    ):
        read(frame)


def test_without_strict_a_gap_is_not_told(reader, service):
    service.fault({"fault": "short_page", "page": 15})
    for partitions in (1, 4):
        loose = reader.option("strict", "false").option("partitions", partitions)
        assert len(read(loose.load())) == CONTACTS - 1


def test_a_limit_costs_few_requests(reader, service):
    everyone = ids_of(service)
    for limit, most in ((1, 1), (50, 1), (51, 2), (130, 4)):
        before = requests(service)
        assert read(reader.option("limit", limit).load()) == everyone[:limit]
        assert requests(service) - before <= most


def test_columns_and_text(reader, spark, service):
    frame = reader_of(spark, service, limit="1").load()
    row = reader.schema("email STRING, extra STRING, id STRING").load().first()
    assert row.__fields__ == ["email", "extra", "id"]
    assert frame.columns[0] == "id" and frame.columns[-1] == "extra"
    assert {kind for _, kind in frame.dtypes} == {"string"}


def test_details(reader):
    row = reader.option("limit", 1).option("details", "true").load().first()
    assert row.phone and row.created_at


@pytest.mark.parametrize("schema", ["country STRING", "id INT", "id STRING NOT NULL"])
def test_other_columns_are_refused(reader, service, schema):
    with pytest.raises(Exception, match=r"get_json_object\(extra|must be STRING"):
        reader.schema(schema).load().collect()
    assert requests(service) == 0


def test_writing_is_refused_with_the_way(spark, service, tmp_path):
    frame = spark.range(1)
    with pytest.raises(Exception, match=r"repeats tasks.*import_contacts"):
        frame.write.format("pgai").mode("append").save()
    stream = spark.readStream.format("rate").load().writeStream.format("pgai")
    with pytest.raises(Exception, match=r"repeats tasks.*import_contacts"):
        stream.option("checkpointLocation", str(tmp_path)).start().awaitTermination()
    assert service.log()["counts"]["created"] == 0


def test_a_wrong_option_is_told_before_anything_is_sent(reader, service):
    with pytest.raises(Exception, match=r"partitions must be a whole number from 1"):
        reader.option("partitions", "0").load()
    assert requests(service) == 0


@pytest.mark.parametrize("place", ["api_key_env", "api_key_file"])
def test_the_key_is_in_no_plan_log_or_page(spark, service, tmp_path, place, capfd):
    file = tmp_path / "key"
    file.write_text(service.api_key + "\n")
    value = {"api_key_env": KEY_VARIABLE, "api_key_file": str(file)}[place]
    reader = spark.read.format("pgai").options(base_url=service.url, **{place: value})
    frame = reader.load()
    assert len(read(frame)) == CONTACTS
    frame.explain("extended")
    assert_nowhere(service.api_key, spark, capfd)


def assert_nowhere(key, spark, capfd):
    """Nor what Spark's event log and the pages of its UI have."""
    url = spark.sparkContext.uiWebUrl
    pages = ["/SQL/", "/jobs/", "/environment/", "/api/v1/applications"]
    shown = [urllib.request.urlopen(url + page, timeout=20).read() for page in pages]
    shown += [path.read_bytes() for path in spark.events.rglob("*") if path.is_file()]
    shown += [spark.log.read_bytes(), "".join(capfd.readouterr()).encode()]
    assert not any(key.encode() in each for each in shown)


def test_a_key_in_options_works_with_a_warning(spark, service, capfd):
    reader = spark.read.format("pgai").options(
        base_url=service.url, api_key=service.api_key, limit="1"
    )
    frame = reader.load()
    assert len(read(frame)) == 1
    frame.explain("extended")
    assert "give api_key_env" in spark.log.read_text()
    assert_nowhere(service.api_key, spark, capfd)


def test_no_key_is_told_with_the_host(spark, service):
    def reader(**options):
        return spark.read.format("pgai").options(base_url=service.url, **options)

    with pytest.raises(
        Exception, match=r"variable NOBODY, which api_key_env names, is not"
    ):
        read(reader(api_key_env="NOBODY").load())
    with pytest.raises(Exception, match=r"cannot be read on .*: /nowhere: No such file"):
        read(reader(api_key_file="/nowhere").load())
    assert requests(service) == 0


def test_no_java_is_told():
    script = "import pgai.spark; pgai.spark.register()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"JAVA_HOME": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "UsageError: Spark does not start: it needs Java 17" in done.stderr
