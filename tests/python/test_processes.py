"""Forks, other interpreters of the process, and exits at odd times."""

import sys

import pytest


def test_a_forked_child_works_and_leaves_the_parent_s_connection(
    pgai_sandbox, run_python
):
    run_python(
        """
        import gc, os, sys, warnings
        import pgai

        warnings.simplefilter("ignore", DeprecationWarning)
        contacts = pgai.Contacts("sandbox_key", base_url=sys.argv[1])
        walk = contacts.each(limit=10, prefetch=1)
        first = next(walk)
        assert contacts.list().total == 1000
        for _ in range(5):
            child = os.fork()
            if child == 0:
                assert contacts.list().total == 1000
                assert contacts.get(first.id) == contacts.get(first.id)
                del contacts, walk
                gc.collect()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            assert contacts.list().total == 1000
        assert sum(1 for _ in walk) == 999
        """,
        pgai_sandbox.url,
    )
    # One of the parent, and one of each child.
    assert pgai_sandbox.log()["counts"]["connections"] == 6


def test_a_fork_with_pages_in_flight_leaves_each_side_its_own(pgai_sandbox, run_python):
    run_python(
        """
        import os, sys, warnings
        import pgai

        warnings.simplefilter("ignore", DeprecationWarning)
        contacts = pgai.Contacts("sandbox_key", base_url=sys.argv[1])
        walk = contacts.each(limit=10, prefetch=8)
        ids = [next(walk).id for _ in range(35)]
        child = os.fork()
        rest = [contact.id for contact in walk]
        assert len({*ids, *rest}) == len(ids) + len(rest) == 1000
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        """,
        pgai_sandbox.url,
    )


def test_multiprocessing(pgai_sandbox, run_python):
    run_python(
        """
        import multiprocessing, sys, warnings
        import pgai

        warnings.simplefilter("ignore", DeprecationWarning)
        contacts = pgai.Contacts("sandbox_key", base_url=sys.argv[1])

        def fetch(number):
            return contacts.list(page=number + 1, limit=10)[0]

        fetch(0)
        with multiprocessing.get_context("fork").Pool(3) as pool:
            found = pool.map(fetch, range(12))
        assert len({contact.id for contact in found}) == 12
        """,
        pgai_sandbox.url,
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="has no GIL for each interpreter")
def test_interpreters_with_their_own_gil(pgai_sandbox, run_python):
    run_python(
        """
        import importlib, sys, threading

        name = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
        interpreters = importlib.import_module(name)
        script = f'''if True:
            import gc, pgai
            with pgai.Contacts("sandbox_key", base_url={sys.argv[1]!r}) as contacts:
                for _ in range(20):
                    assert len(list(contacts.each(limit=50))) == 1000
                try:
                    contacts.get("nobody")
                except pgai.NotFoundError as error:
                    assert error.status == 404
            gc.collect()
        '''

        def run():
            interpreter = interpreters.create()
            interpreters.run_string(interpreter, script)
            interpreters.destroy(interpreter)

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        """,
        pgai_sandbox.url,
        options=(),
    )


def test_an_exit_with_everything_still_open(run_python):
    run_python("""
        from pgai.testing import Sandbox

        sandbox = Sandbox()
        contacts = sandbox.client()
        walk = contacts.each(limit=10)
        next(walk)
        page = contacts.list()
    """)


def test_an_exit_while_a_thread_is_in_a_call(run_python):
    run_python("""
        import threading, time
        from pgai.testing import Sandbox

        sandbox = Sandbox(faults=[{"fault": "stall", "k": 0}])
        contacts = sandbox.client()
        threading.Thread(target=contacts.list, daemon=True).start()
        while not sandbox.log()["counts"]["connections"]:
            time.sleep(0.01)
    """)


def test_collecting_all_the_time(run_python):
    run_python("""
        import gc
        from pgai.testing import Sandbox

        gc.set_threshold(1)
        with Sandbox(contacts=120) as sandbox, sandbox.client() as contacts:
            assert len(list(contacts.each(limit=7))) == 120
            assert contacts.get(contacts.list()[0].id).to_dict()
            contacts.create(first_name="Sarah", extra={"a": [1]})
            for bad in ({"id": "nobody"}, {"id": ""}, {"id": 7}):
                try:
                    contacts.get(**bad)
                except (LookupError, ValueError, TypeError):
                    pass
    """)
