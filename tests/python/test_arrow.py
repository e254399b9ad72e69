"""The capsules of Arrow, without its libraries."""

import ctypes
import sys
import threading

import pytest

import pgai


class Stream(ctypes.Structure):
    """The standard's ArrowArrayStream."""


SCHEMA = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.c_void_p)
TEXT = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(Stream))
RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
Stream._fields_ = [
    ("get_schema", SCHEMA),
    ("get_next", SCHEMA),
    ("get_last_error", TEXT),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]


class Array(ctypes.Structure):
    """The standard's ArrowArray."""

    _fields_ = [
        ("numbers", ctypes.c_int64 * 5),
        ("pointers", ctypes.c_void_p * 3),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


def stream_in(capsule):
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype = ctypes.POINTER(Stream)
    pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    return pointer(capsule, b"arrow_array_stream")


def next_rows(capsule):
    """How many rows come next, and what went wrong; as a consumer without the GIL."""
    stream = stream_in(capsule)
    array = Array()
    failed = stream.contents.get_next(stream, ctypes.byref(array))
    if failed:
        return None, stream.contents.get_last_error(stream).decode()
    if not array.release:
        return 0, None
    RELEASE(array.release)(ctypes.byref(array))
    return array.numbers[0], None


def exporters(contacts):
    yield contacts.list()
    yield contacts.pages()
    yield contacts.each()
    yield contacts.get_many(["a"])
    yield contacts


def test_what_is_exported(contacts):
    for what in exporters(contacts):
        schema = what.__arrow_c_schema__()
        assert '"arrow_schema"' in repr(schema)
        assert '"arrow_array_stream"' in repr(what.__arrow_c_stream__())
    for what in exporters(contacts):
        assert what.__arrow_c_stream__(requested_schema=schema)
    for capsules in (
        contacts.list().__arrow_c_array__(),
        contacts.list().__arrow_c_array__(requested_schema=schema),
    ):
        assert ['"arrow_schema"' in repr(each) for each in capsules] == [True, False]
        assert ['"arrow_array"' in repr(each) for each in capsules] == [False, True]


def test_a_schema_that_is_none(contacts):
    for what in exporters(contacts):
        with pytest.raises(TypeError, match='must be a capsule "arrow_schema" or None'):
            what.__arrow_c_stream__(7)
        with pytest.raises(TypeError, match="must be a capsule"):
            what.__arrow_c_stream__(contacts.list().__arrow_c_stream__())
    with pytest.raises(TypeError, match="must be a capsule"):
        contacts.list().__arrow_c_array__(7)


def test_a_page_is_read_again_and_again(contacts):
    page = contacts.list(limit=20)
    capsules = [page.__arrow_c_stream__() for _ in range(2)]
    assert len(tuple(page)) == 20  # they are made now
    capsules.append(page.__arrow_c_stream__())
    del page
    for capsule in capsules:
        assert [next_rows(capsule) for _ in range(3)] == [
            (20, None),
            (0, None),
            (0, None),
        ]
    assert next_rows(pgai.Page().__arrow_c_stream__()) == (0, None)


def test_a_walk_is_read_once(contacts):
    walk = contacts.each()
    for _ in range(2):  # a wrong argument does not take it
        with pytest.raises(TypeError):
            walk.__arrow_c_stream__(7)
    capsule = walk.__arrow_c_stream__()
    with pytest.raises(pgai.UsageError, match="can be read only once: make another one"):
        walk.__arrow_c_stream__()
    assert next_rows(capsule) == (1000, None)
    assert next_rows(capsule) == (0, None)
    assert list(walk) == []
    assert walk.stats.contacts == 1000


def test_the_rest_of_a_walk(contacts):
    walk = contacts.each(limit=50)
    seen = [next(walk) for _ in range(70)]
    capsule = walk.__arrow_c_stream__()
    before = walk.cursor
    assert next_rows(capsule) == (30, None)
    after = walk.cursor
    assert next_rows(capsule) == (900, None)
    assert len(list(contacts.each(cursor=before))) == 1000 - len(seen)
    assert len(list(contacts.each(cursor=after))) == 900
    assert list(contacts.each(cursor=walk.cursor)) == []


def test_pages_are_batches(contacts):
    capsule = contacts.pages(limit=30).__arrow_c_stream__()
    rows = []
    while (got := next_rows(capsule)[0]) != 0:
        rows.append(got)
    assert rows == [30] * 33 + [10]


def test_ids_that_are_not_there_have_no_row(contacts):
    ids = [contact.id for contact in contacts.list(limit=3)]
    capsule = contacts.get_many(["x", ids[0], "y", ids[1], ids[2]]).__arrow_c_stream__()
    assert next_rows(capsule) == (3, None)


def test_a_failure_in_the_middle(pgai_sandbox, contacts):
    pgai_sandbox.fault({"fault": "status", "code": 401, "match": {"nth": 4}})
    walk = contacts.each(prefetch=1)
    capsule = walk.__arrow_c_stream__()
    assert next_rows(capsule) == (150, None)
    failures = [next_rows(capsule) for _ in range(2)]
    assert failures[0] == failures[1]
    said, cursor = failures[0][1].split("; go on from the cursor ")
    with pytest.raises(pgai.AuthenticationError) as caught:
        next(walk)
    assert said in str(caught.value).replace(
        " (the key came from the argument api_key: is it the right one?)", ""
    )
    assert cursor == walk.cursor == caught.value.cursor
    pgai_sandbox.reset()
    assert len(list(contacts.each(cursor=cursor))) == 850


def test_a_closed_client(contacts):
    capsule = contacts.each().__arrow_c_stream__()
    contacts.close()
    assert "closed" in next_rows(capsule)[1]


def test_a_stream_keeps_its_walk_until_it_is_released(contacts):
    walk = contacts.each()
    count = sys.getrefcount(walk)
    capsule = walk.__arrow_c_stream__()
    assert sys.getrefcount(walk) == count + 1
    del capsule
    assert sys.getrefcount(walk) == count

    walk = contacts.each()
    capsule = walk.__arrow_c_stream__()
    stream = stream_in(capsule)
    RELEASE(stream.contents.release)(stream)
    assert not stream.contents.release
    assert sys.getrefcount(walk) == count
    del capsule
    assert sys.getrefcount(walk) == count


def test_the_stream_alone_keeps_all_that_it_needs(pgai_sandbox):
    capsule = pgai_sandbox.client().each().__arrow_c_stream__()
    assert next_rows(capsule) == (1000, None)


def test_two_threads_in_one_walk(pgai_sandbox):
    pgai_sandbox.fault({"fault": "stall", "k": 100})
    in_flight = threading.Event()
    got = []
    with pgai_sandbox.client(on_event=lambda event: in_flight.set()) as contacts:
        walk = contacts.each()
        capsule = walk.__arrow_c_stream__()
        thread = threading.Thread(target=lambda: got.append(next_rows(capsule)))
        thread.start()
        assert in_flight.wait(20)
        assert next_rows(capsule) == (None, "another thread is using this iterator")
        with pytest.raises(ValueError, match="another thread is using this iterator"):
            next(walk)
    thread.join()
    assert "go on from the cursor" in got[0][1]


def test_another_interpreter_is_refused(pgai_sandbox, run_python):
    run_python(
        """
        import importlib, sys

        name = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
        interpreters = importlib.import_module(name)
        script = f'''if True:
            import pgai
            contacts = pgai.Contacts("sandbox_key", base_url={sys.argv[1]!r})
            try:
                contacts.each().__arrow_c_stream__()
                said = ""
            except pgai.UsageError as error:
                said = str(error)
            assert "in the main interpreter only: give it pages" in said, said
            assert contacts.list().__arrow_c_stream__()
        '''
        interpreter = interpreters.create()
        failed = interpreters.run_string(interpreter, script)
        assert failed is None, failed
        interpreters.destroy(interpreter)
        """,
        pgai_sandbox.url,
        options=(),
    )
