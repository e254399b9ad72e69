"""pgai.testing, which is for other people's tests."""

import threading

import pytest

import pgai
from pgai.testing import Sandbox


def test_it_is_the_same_for_the_same_seed():
    def ids(seed):
        with Sandbox(contacts=3, seed=seed) as sandbox, sandbox.client() as contacts:
            return [contact.id for contact in contacts]

    assert ids(7) == ids(7) != ids(8)


@pytest.mark.pgai_sandbox(contacts=3, faults=[{"fault": "latency", "ms": 1}])
def test_the_marker_says_how_it_is_made(pgai_sandbox):
    with pgai_sandbox.client() as contacts:
        assert len(contacts.list()) == 3
    assert pgai_sandbox.log()["requests"][0]["fault"] == "latency"


def test_reset_and_advance(pgai_sandbox, contacts):
    contacts.create(first_name="Sarah")
    pgai_sandbox.fault({"fault": "status", "code": 404})
    pgai_sandbox.reset()
    assert contacts.list().total == 1000
    assert pgai_sandbox.log()["created"] == []
    pgai_sandbox.advance(3600)
    with pytest.raises(ValueError):
        pgai_sandbox.advance(-1)


@pytest.mark.pgai_sandbox(limiter="fixed_first", rate_limit=2)
def test_the_clock_of_the_limiter_can_be_moved(pgai_sandbox):
    with pgai_sandbox.client(pace=False, max_wait=0.01) as contacts:
        contacts.list()
        contacts.list()
        with pytest.raises(pgai.RateLimitError):
            contacts.list()
        pgai_sandbox.advance(60)
        assert contacts.list().total == 1000


@pytest.mark.parametrize(
    "rules", [{"fault": "no such"}, {"fault": "cut"}, {}, {"fault": "cut", "k": "x"}]
)
def test_rules_that_are_none(pgai_sandbox, rules):
    with pytest.raises(ValueError):
        pgai_sandbox.fault(rules)
    with pytest.raises(ValueError):
        Sandbox(faults=rules)


@pytest.mark.parametrize("options", [{"contacts": -1}, {"limiter": "none such"}])
def test_options_that_are_none(options):
    with pytest.raises(ValueError):
        Sandbox(**options)


def test_a_closed_one_says_so():
    sandbox = Sandbox()
    sandbox.close()
    sandbox.close()
    with pytest.raises(ValueError, match="does not run"):
        sandbox.log()


def test_threads_may_use_and_close_it_at_once():
    for _ in range(20):
        sandbox = Sandbox(contacts=1)

        def use(sandbox=sandbox):
            try:
                while True:
                    sandbox.log()
                    sandbox.reset()
            except ValueError:
                pass

        threads = [threading.Thread(target=use) for _ in range(3)]
        for thread in threads:
            thread.start()
        sandbox.close()
        for thread in threads:
            thread.join()
