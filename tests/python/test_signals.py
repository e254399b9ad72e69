"""Ctrl-C, as a real signal, ends whatever blocks."""

import pytest

# A thread of the process sends the signal, and the time to the exception is taken.
SCRIPT = """
    import os, signal, sys, threading, time
    from pgai.testing import Sandbox

    what = sys.argv[1]
    sent = 0.0

    def interrupt():
        global sent
        time.sleep(0.3)
        sent = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)

    with Sandbox() as sandbox, sandbox.client() as contacts:
        walk = contacts.pages(prefetch=8)
        next(walk)
        if what == "wait":
            sandbox.fault({"fault": "rate_limited", "seconds": 60})
        else:
            sandbox.fault({"fault": "stall", "k": 100})
        calls = {
            "list": contacts.list,
            "wait": contacts.list,
            "get": lambda: contacts.get("c1"),
            "create": lambda: contacts.create(first_name="Sarah"),
            "pages": lambda: next(contacts.pages()),
            "each": lambda: list(contacts),
            "window": lambda: next(walk),
        }
        thread = threading.Thread(target=interrupt)
        thread.start()
        try:
            calls[what]()
        except KeyboardInterrupt:
            took = time.monotonic() - sent
        thread.join()
        sandbox.reset()
        # After a 429 the client would rightly wait for the rate limit.
        assert what == "wait" or contacts.list().total == 1000
        print(took)
"""


@pytest.mark.parametrize(
    "what", ["list", "wait", "get", "create", "pages", "each", "window"]
)
def test_an_interrupt_ends_a_call_soon(run_python, what):
    took = float(run_python(SCRIPT, what))
    assert took < 0.2 + 0.3, "200 ms, and some for a busy machine"


def test_a_handler_that_returns_ends_nothing(run_python):
    run_python("""
        import signal
        from pgai.testing import Sandbox

        rang = []
        signal.signal(signal.SIGALRM, lambda *unused: rang.append(1))
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
        with Sandbox() as sandbox, sandbox.client() as contacts:
            sandbox.fault({"fault": "latency", "ms": 300})
            assert len(contacts.list()) == 50
        signal.setitimer(signal.ITIMER_REAL, 0)  # while Python shuts down it would kill
        assert len(rang) > 3
    """)


def test_what_a_handler_raises_comes_out(run_python):
    run_python("""
        import signal
        from pgai.testing import Sandbox

        class Enough(Exception):
            pass

        def handler(*unused):
            raise Enough

        signal.signal(signal.SIGALRM, handler)
        with Sandbox() as sandbox, sandbox.client() as contacts:
            sandbox.fault({"fault": "stall", "k": 0})
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            try:
                contacts.list()
            except Enough:
                print("enough")
    """)
