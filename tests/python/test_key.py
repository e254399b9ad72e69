"""The key is shown nowhere, and can be renewed."""

import asyncio
import contextlib
import copy
import gc
import inspect
import os
import pathlib
import pickle
import re
import sys
import threading
import time
import traceback
import unittest.mock

import pytest

import pgai

KEY = "canary_key_of_nobody"
HOME = str(pathlib.Path(pgai.__file__).parent)


class Masked(str):
    """Text that hides itself, as some libraries have it."""

    __slots__ = ()

    def __repr__(self):
        return "***"

    __str__ = __repr__


class Hidden:
    """An object that hides its text, as pydantic has it."""

    def __init__(self, text):
        self._text = text

    def get_secret_value(self):
        return self._text


def chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def holds(value, depth=3):
    """Whether the key is in what is shown of a value, or in what it consists of."""
    if isinstance(value, str):
        return KEY in str.__str__(value)
    if KEY in repr(value):
        return True
    if depth == 0 or isinstance(value, type):
        return False
    parts = list(value) if isinstance(value, (list, tuple, set, frozenset)) else []
    parts += [*value, *value.values()] if isinstance(value, dict) else []
    parts += vars(value).values() if hasattr(value, "__dict__") else []
    return any(holds(part, depth - 1) for part in parts)


def places(error):
    """Where an error, or a frame of ours that it went through, holds the key."""
    found = []
    for each in chain(error):
        if holds([str(each), each.args, vars(each)]):
            found.append(repr(type(each)))
        for frame, _ in traceback.walk_tb(each.__traceback__):
            if frame.f_code.co_filename.startswith(HOME):
                found += [
                    f"{frame.f_code.co_name}: {name}"
                    for name, value in frame.f_locals.items()
                    if holds(value)
                ]
    return found


CONSTRUCTORS = {
    "a base URL": lambda: pgai.Contacts(KEY, base_url="http://contacts.example/v1"),
    "certificates": lambda: pgai.Contacts(api_key=KEY, ca="/nowhere/ca.pem"),
    "a type": lambda: pgai.Contacts(KEY, base_url=7),
    "a number": lambda: pgai.Contacts(KEY, timeout=-1),
    "a name": lambda: pgai.Contacts(KEY, time_out=3),
    "a name, with the key": lambda: pgai.Contacts(apikey=KEY),
    "two arguments": lambda: pgai.Contacts(KEY, KEY),
    "a path": lambda: pgai.Contacts(KEY, ca=pathlib.Path("nowhere")),
    "a blank": lambda: pgai.Contacts(KEY + "\n"),
    "a NUL": lambda: pgai.Contacts(KEY + "\0"),
    "a surrogate": lambda: pgai.Contacts(KEY + "\ud800"),
    "bytes": lambda: pgai.Contacts(KEY.encode()),
    "hidden": lambda: pgai.Contacts(Hidden(KEY)),
    "a function, a blank": lambda: pgai.Contacts(lambda: KEY + "\n"),
    "a function, bytes": lambda: pgai.Contacts(lambda: KEY.encode()),
    "a function, hidden": lambda: pgai.Contacts(lambda: Hidden(KEY)),
    "masked": lambda: pgai.Contacts(Masked(KEY), max_attempts=0),
    "a proxy": lambda: pgai.Contacts("x", proxy=f"nonsense://user:{KEY}@proxy.example"),
}


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_no_frame_shows_the_key_where_none_is_made(name):
    with pytest.raises((pgai.UsageError, TypeError)) as caught:
        CONSTRUCTORS[name]()
    assert places(caught.value) == []


def renewing(url):
    """A client whose key is another one at each call."""
    count = iter(range(1000))
    return pgai.Contacts(lambda: f"{KEY}_{next(count)}", base_url=url, max_attempts=1)


CALLS = {
    "list": lambda contacts: contacts.list(),
    "get": lambda contacts: contacts.get("c1"),
    "create": lambda contacts: contacts.create(first_name="Sarah"),
    "plan": lambda contacts: contacts.plan(2),
    "pages": lambda contacts: next(contacts.pages()),
    "each": lambda contacts: next(contacts.each()),
    "iter": lambda contacts: next(iter(contacts)),
    "with limits": lambda contacts: contacts.list(timeout=3, deadline=5),
    "with_options": lambda contacts: contacts.with_options(timeout=3).list(),
    "a new client": lambda contacts: contacts.with_options(user_agent="x").list(),
    "another key": lambda contacts: contacts.with_options(api_key=KEY + "2").list(),
    "wrong limits": lambda contacts: contacts.list(timeout=-1),
    "a wrong page": lambda contacts: contacts.list(page="1"),
    "a wrong cursor": lambda contacts: contacts.each(cursor="x"),
    "a wrong name": lambda contacts: contacts.get("c1", time_out=1),
    "a key of its own": lambda contacts: contacts.get("c1", api_key=KEY),
    "the key as a field": lambda contacts: contacts.create(api_key=KEY),
    "a wrong option": lambda contacts: contacts.with_options(api_key=KEY, tiemout=1),
    "a wrong new key": lambda contacts: contacts.with_options(api_key=KEY + "\n"),
    "a wrong new limit": lambda contacts: contacts.with_options(api_key=KEY, timeout=0),
    "a wrong new URL": lambda contacts: contacts.with_options(api_key=KEY, base_url="x"),
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("make", ["renewing", "fixed"])
@pytest.mark.parametrize("name", CALLS)
def test_no_frame_shows_the_key_where_a_call_fails(pgai_sandbox, name, make):
    if make == "renewing":
        contacts = renewing(pgai_sandbox.url)
    else:
        contacts = pgai.Contacts(KEY, base_url=pgai_sandbox.url, max_attempts=1)
    with contacts, pytest.raises((pgai.Error, TypeError)) as caught:
        CALLS[name](contacts)
    assert places(caught.value) == []


AWAITED = {
    "list": lambda people: people.list(),
    "get": lambda people: people.get("c1"),
    "create": lambda people: people.create(first_name="Sarah"),
    "plan": lambda people: people.plan(2),
    "pages": lambda people: people.pages().__anext__(),
    "each": lambda people: people.each().__anext__(),
    "another key": lambda people: people.with_options(api_key=KEY + "2").list(),
    "wrong limits": lambda people: people.list(timeout=-1),
    "a key of its own": lambda people: people.get("c1", api_key=KEY),
    "a wrong new key": lambda people: people.with_options(api_key=KEY + "\n"),
}


@pytest.mark.parametrize("name", AWAITED)
def test_no_frame_shows_the_key_where_an_awaited_call_fails(pgai_sandbox, name):
    async def main():
        async with pgai.AsyncContacts(
            lambda: KEY, base_url=pgai_sandbox.url, max_attempts=1
        ) as people:
            await AWAITED[name](people)

    with pytest.raises((pgai.Error, TypeError)) as caught:
        asyncio.run(main())
    assert places(caught.value) == []


def test_no_frame_shows_the_key_while_it_is_asked_for(pgai_sandbox):
    frames = []

    def key():
        frame = sys._getframe(1)
        while frame:
            if frame.f_code.co_filename.startswith(HOME):
                frames.append(frame.f_code.co_name)
                assert not any(holds(value) for value in frame.f_locals.values())
            frame = frame.f_back
        return f"{KEY}_{len(frames)}"

    contacts = pgai.Contacts(key, base_url=pgai_sandbox.url)
    with contacts:
        for call in (contacts.list, lambda: contacts.with_options(timeout=3).list()):
            with pytest.raises(pgai.AuthenticationError) as caught:
                call()
            assert places(caught.value) == []
    assert "list" in frames


def test_a_client_shows_no_key():
    proxy = f"http://user:{KEY}@proxy.example:3128"
    for key in (KEY, lambda: KEY, Masked(KEY)):
        contacts = pgai.Contacts(key, proxy=proxy)
        assert KEY not in repr(contacts) + str(contacts)
        assert not hasattr(contacts, "__dict__")
        shown = [getattr(contacts, name) for name in dir(contacts)]
        assert not any(holds(value) for value in shown)
        referred = gc.get_referents(contacts)
        assert not any(holds(value) for value in referred)
        assert not any(isinstance(value, str) for value in referred)


@pytest.mark.parametrize("fails", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_client_is_not_copied(fails):
    with pytest.raises(TypeError, match="with_options"):
        fails(pgai.Contacts(KEY))


def test_text_that_hides_itself_is_a_key(pgai_sandbox):
    keys = [Masked("sandbox_key"), Hidden("sandbox_key").get_secret_value]
    for key in (*keys, lambda: keys[0]):
        with pgai.Contacts(key, base_url=pgai_sandbox.url) as contacts:
            assert contacts.list().total == 1000


def test_an_object_that_hides_text_is_refused_with_what_to_pass():
    for key in (Hidden(KEY), lambda: Hidden(KEY)):
        with pytest.raises(TypeError, match=r"Hidden.*get_secret_value"):
            pgai.Contacts(key)


class Broken:
    @property
    def get_secret_value(self):
        raise OSError("vault")


def test_what_an_object_raises_when_it_is_looked_at_comes_out():
    with pytest.raises(OSError, match="vault"):
        pgai.Contacts(Broken())


def keys_of(sandbox):
    return [request["key"] for request in sandbox.log()["requests"]]


@pytest.fixture
def keys():
    return ["sandbox_key"]


@pytest.fixture
def rotating(pgai_sandbox, keys):
    with pgai.Contacts(lambda: keys[-1], base_url=pgai_sandbox.url) as contacts:
        yield contacts


def test_a_new_key_goes_over_the_same_connection(pgai_sandbox, rotating, keys):
    walk = rotating.pages(limit=10, prefetch=1)
    next(walk)
    keys.append("sandbox_read")
    rotating.list()
    next(walk)  # A walk goes on with its key.
    assert keys_of(pgai_sandbox) == ["full", "read", "full"]
    assert pgai_sandbox.log()["counts"]["connections"] == 1


def test_clients_made_from_one_renew_their_key_too(pgai_sandbox, rotating, keys):
    other = rotating.with_options(timeout=5.0)
    keys.append("sandbox_read")
    other.list()
    rotating.list(timeout=3.0)
    assert keys_of(pgai_sandbox) == ["read", "read"]


def test_a_new_key_keeps_all_other_options(pgai_sandbox, keys):
    with pgai.Contacts(
        lambda: keys[-1], base_url=pgai_sandbox.url, max_attempts=1
    ) as contacts:
        keys.append("sandbox_read")
        pgai_sandbox.fault({"fault": "status", "code": 503})
        with pytest.raises(pgai.ServerError) as caught:
            contacts.list()
        assert caught.value.requests == 1


def test_what_surrounds_a_client_is_looked_at_once(
    pgai_sandbox, keys, monkeypatch, tmp_path
):
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PGAI_BASE_URL", pgai_sandbox.url)
    with pgai.Contacts(lambda: keys[-1], ca="ca.pem") as contacts:
        monkeypatch.setenv("PGAI_BASE_URL", "http://127.0.0.1:1/v1")
        monkeypatch.setenv("http_proxy", "nonsense://")
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
        monkeypatch.chdir("/")
        keys.append("sandbox_read")
        assert contacts.list().total == 1000
        assert contacts.with_options(timeout=3.0).list().total == 1000
        # A client of its own has the same key, address and certificates.
        monkeypatch.delenv("http_proxy")
        assert contacts.with_options(user_agent="x/1").list().total == 1000


def test_the_key_of_the_environment_is_read_once(pgai_sandbox, monkeypatch):
    monkeypatch.setenv("PGAI_API_KEY", "sandbox_key")
    contacts = pgai.Contacts(base_url=pgai_sandbox.url)
    monkeypatch.setenv("PGAI_API_KEY", KEY)
    for other in (
        contacts.with_options(user_agent="x/1"),
        contacts.with_options(timeout=3.0).with_options(pace=False),
    ):
        assert other.list().total == 1000
    with pytest.raises(pgai.AuthenticationError) as caught:
        contacts.with_options(api_key=None).list()
    assert "PGAI_API_KEY" in str(caught.value)


def test_with_options_changes_the_key(pgai_sandbox, contacts):
    other = contacts.with_options(api_key="sandbox_read")
    other.list()
    contacts.with_options(api_key=lambda: "sandbox_read", timeout=3.0).list()
    contacts.list()
    assert keys_of(pgai_sandbox) == ["read", "read", "full"]
    assert pgai_sandbox.log()["counts"]["connections"] == 1
    with pytest.raises(pgai.AuthenticationError) as caught:
        contacts.with_options(api_key=KEY).list()
    assert "the argument api_key" in str(caught.value)
    contacts.close()
    with pytest.raises(pgai.ClosedError):
        other.list()


def test_close_ends_what_has_an_earlier_key(pgai_sandbox, rotating, keys):
    other = rotating.with_options(timeout=20.0)
    walk = rotating.each(limit=1)
    next(walk)
    pgai_sandbox.fault({"fault": "stall", "k": 0, "match": {"path": "/v1/contacts/slow"}})
    ended = []

    def call():
        with contextlib.suppress(pgai.Error):
            try:
                rotating.get("slow")
            except pgai.Error as error:
                ended.append(type(error))

    slow = threading.Thread(target=call)
    slow.start()
    while pgai_sandbox.log()["counts"]["requests"] < 2:
        time.sleep(0.01)
    keys.append("sandbox_read")
    rotating.list(limit=1)
    other.list(limit=1)
    rotating.close()
    slow.join()
    assert ended == [pgai.CancelledError]
    for late in (lambda: next(walk), other.list, rotating.list):
        with pytest.raises(pgai.ClosedError):
            late()


def test_a_closed_client_asks_for_no_key(pgai_sandbox):
    asked = []

    def key():
        asked.append(1)
        return "sandbox_key"

    contacts = pgai.Contacts(key, base_url=pgai_sandbox.url)
    contacts.close()
    asked.clear()
    with pytest.raises(pgai.ClosedError):
        contacts.list()
    assert asked == []


def test_a_function_that_closes_the_client_it_is_asked_for(pgai_sandbox):
    made = []

    def key():
        for contacts in made:
            contacts.close()
        return f"sandbox_{len(made)}"

    made.append(pgai.Contacts(key, base_url=pgai_sandbox.url))
    with pytest.raises(pgai.ClosedError):
        made[0].list()


def test_threads_that_renew_the_key(pgai_sandbox):
    lock = threading.Lock()
    keys = ["sandbox_key", "sandbox_read"]

    def key():
        with lock:
            keys.reverse()
            return keys[0]

    with pgai.Contacts(key, base_url=pgai_sandbox.url) as contacts:
        totals = []

        def call():
            totals.extend(contacts.list(limit=1).total for _ in range(50))

        threads = [threading.Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert totals == [1000] * 400


def test_a_cycle_through_the_function_is_collected():
    class Holder:
        def key(self):
            return KEY

    holder = Holder()
    holder.contacts = pgai.Contacts(holder.key)
    ended = []
    holder.token = type("Token", (), {"__del__": lambda self: ended.append(1)})()
    del holder
    gc.collect()
    assert ended == [1]


def test_a_client_tells_where_requests_go(monkeypatch):
    assert repr(pgai.Contacts(KEY)) == (
        "<pgai.Contacts base_url='https://api.pipelinegeneration.ai/v1'>"
    )
    monkeypatch.setenv("PGAI_BASE_URL", "https://contacts.example/v2/")
    contacts = pgai.Contacts(KEY)
    assert repr(contacts) == "<pgai.Contacts base_url='https://contacts.example/v2'>"
    monkeypatch.delenv("PGAI_BASE_URL")
    other = contacts.with_options(user_agent="x/1")
    assert repr(other) == repr(contacts)


def test_the_signature_is_shown():
    shown = inspect.signature(pgai.Contacts).parameters
    assert list(shown)[:2] == ["api_key", "base_url"]
    assert shown["api_key"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert shown["timeout"].kind is inspect.Parameter.KEYWORD_ONLY
    assert shown["timeout"].default == 30.0
    assert len(shown) == 14
    # What stands for a client in tests refuses what it refuses.
    stand_in = unittest.mock.create_autospec(pgai.Contacts)("test_key_0", timeout=3)
    stand_in.with_options(timeout=5)
    with pytest.raises(TypeError, match="nope"):
        stand_in.list(nope=1)
    assert "changes" in inspect.signature(pgai.Contacts.with_options).parameters
    for name in ("with_options", "close", "rate_limit"):
        assert inspect.getdoc(getattr(pgai.Contacts, name))


def test_the_defaults_are_those_of_the_core():
    header = pathlib.Path(__file__).parents[2] / "core/include/pgai/options.h"
    defaults = dict(
        re.findall(r"^#define PGAI_DEFAULT_(\w+) (\d+)", header.read_text(), re.M)
    )
    shown = inspect.signature(pgai.Contacts).parameters
    assert len(defaults) == 5
    for name, number in defaults.items():
        option = shown[name.lower().removesuffix("_ms")]
        assert option.default == int(number) / (1000 if name.endswith("_MS") else 1)


def test_nothing_is_printed_of_a_client_in_a_crash(run_python):
    """faulthandler shows names of functions, and nothing else."""
    said = run_python(
        """
        import faulthandler, sys, pgai
        contacts = pgai.Contacts("canary_key_of_nobody")
        faulthandler.dump_traceback(sys.stdout)
        """
    )
    assert os.linesep in said and KEY not in said
