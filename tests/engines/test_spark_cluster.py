"""The example of a job, on a cluster of two workers on this machine."""

import os
import pathlib
import re
import subprocess
import sys
import time

import pyspark
import pytest
from conftest import EXAMPLES, spark_environment

HOME = pathlib.Path(pyspark.__file__).parent
CONTACTS = 1000


class Daemon:
    """A master or a worker of Spark, which says where it is in its log."""

    def __init__(self, folder, environment, kind, *arguments):
        self.log = folder / "log"
        folder.mkdir()
        program = f"org.apache.spark.deploy.{kind.lower()}.{kind}"
        where = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [HOME / "bin/spark-class", program, *where, *arguments],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def said(self, pattern, seconds=60):
        """Wait until the log has a line."""
        for _ in range(seconds * 20):
            if found := re.search(pattern, self.log.read_text()):
                return found[0]
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def cluster(tmp_path, service):
    """Start a cluster whose executors know the key and the service; its URL."""
    environment = os.environ | spark_environment()
    environment |= {"PGAI_API_KEY": service.api_key, "SPARK_DAEMON_MEMORY": "256m"}
    master = Daemon(tmp_path / "master", environment, "Master")
    started = [master]
    try:
        url = master.said(r"spark://127\.0\.0\.1:[1-9]\d*")
        for number in (1, 2):
            arguments = ["--cores", "1", "--memory", "512m", url]
            folder = tmp_path / f"worker{number}"
            started.append(Daemon(folder, environment, "Worker", *arguments))
        for worker in started[1:]:
            worker.said("Successfully registered with master")
        yield url
    finally:
        for each in reversed(started):
            each.stop()


def test_a_job_on_two_workers(cluster, service, tmp_path):
    environment = os.environ | spark_environment()
    environment |= {
        "PGAI_API_KEY": service.api_key,
        "PGAI_BASE_URL": service.url,
        "PYSPARK_SUBMIT_ARGS": f"--master {cluster} --executor-memory 512m "
        "--conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=1 "
        "pyspark-shell",
    }
    done = subprocess.run(
        [sys.executable, EXAMPLES / "spark_job.py", tmp_path / "contacts", "4"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"{CONTACTS} contacts"
    assert service.api_key not in done.stdout + done.stderr
    # Each of the three edges costs two requests, and the plan one.
    assert service.log()["counts"]["requests"] == 20 + 2 * 3 + 1
    for log in tmp_path.rglob("*"):
        if log.is_file():
            assert service.api_key.encode() not in log.read_bytes()
