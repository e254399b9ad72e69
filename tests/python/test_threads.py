"""One client, many threads."""

import asyncio
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import pgai

# Seconds that no response of a fault takes, and that a test never waits.
FOR_EVER = 20


@pytest.fixture
def eager_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.pgai_sandbox(contacts=200)
@pytest.mark.usefixtures("eager_switches")
def test_one_client_serves_many_threads(pgai_sandbox, contacts):
    ids = [contact.id for contact in contacts.each(prefetch=1)]

    def work(number):
        match number % 4:
            case 0:
                return [c.id for c in contacts.each(limit=20, prefetch=1)][:200] == ids
            case 1:
                return contacts.get(ids[number]).id == ids[number]
            case 2:
                return contacts.list(limit=5)[0].id == ids[0]
            case _:
                with pytest.raises(pgai.NotFoundError):
                    contacts.get("nobody")
                return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(160)))
    assert pgai_sandbox.log()["counts"]["connections"] <= 9


def test_close_ends_the_calls_of_other_threads(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "stall", "k": 0})
    caught = []

    def call():
        try:
            contacts.list()
        except pgai.Error as error:
            caught.append(error)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    while pgai_sandbox.log()["counts"]["connections"] < 4:
        time.sleep(0.01)
    begun = time.monotonic()
    contacts.close()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun < 1
    assert [type(error) for error in caught] == [pgai.CancelledError] * 4


def test_other_threads_run_meanwhile(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "latency", "ms": 300})
    thread = threading.Thread(target=contacts.list)
    thread.start()
    turns = 0
    while thread.is_alive():
        turns += 1
        time.sleep(0.001)
    assert turns > 20


@pytest.mark.usefixtures("eager_switches")
def test_an_iterator_shared_by_threads_hands_out_each_contact_once(contacts):
    walk = contacts.each(limit=50)
    lock = threading.Lock()
    seen = []

    def take():
        while True:
            with lock:
                contact = next(walk, None)
            if contact is None:
                return
            seen.append(contact.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen)) == 1000


@pytest.mark.usefixtures("eager_switches")
def test_an_iterator_used_by_two_threads_at_once_never_crashes(contacts):
    walk = contacts.each(limit=1)
    seen = []
    refused = []

    def take():
        while True:
            try:
                contact = next(walk, None)
            except ValueError as error:
                refused.append(error)
                continue
            if contact is None:
                return
            seen.append(contact.id)
            walk.cursor, walk.stats, walk.__length_hint__()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) >= 1000


def test_close_ends_a_call_in_a_thread_of_asyncio(pgai_sandbox):
    """The loop waits for its threads when it ends, also if their tasks were cancelled."""
    pgai_sandbox.fault({"fault": "stall", "k": 0})

    async def main():
        with pgai_sandbox.client(timeout=FOR_EVER) as contacts:
            task = asyncio.create_task(asyncio.to_thread(contacts.list))
            while not pgai_sandbox.log()["counts"]["requests"]:
                await asyncio.sleep(0.01)
            task.cancel()
        return time.monotonic()

    closed = asyncio.run(main())
    assert time.monotonic() - closed < FOR_EVER / 4
