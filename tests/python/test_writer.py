"""Pages as JSON lines and CSV: read back by other libraries, they say the same."""

import csv
import gc
import io
import json
import pickle
import random

import pytest

import pgai

FIELDS = list(pgai.Contact.__match_args__)
LETTERS = "aé,\"'\r\n\t =+-@;\\😀\0\u2028x"


def read(written, columns):
    return list(csv.DictReader(io.StringIO(written.decode(), newline=""), columns))


def made_up(seed):
    """A page of any contacts, some of which have fields that are not documented."""
    draw = random.Random(seed)

    def text():
        return "".join(draw.choices(LETTERS, k=draw.randrange(8)))

    def value():
        return draw.choice([text(), text(), text(), None, True, 1.5, [text()], {"k": 1}])

    def contact():
        some = draw.sample(FIELDS, k=draw.randrange(1, len(FIELDS)))
        others = {name: value() for name in draw.sample(["n", "größe", "o,p"], k=2)}
        return pgai.Contact(**{name: value() for name in some}, extra=others)

    return pgai.Page([contact() for _ in range(20)])


def cell(value):
    """What csv.writer is given for a value."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("seed", range(20))
def test_csv_is_what_csv_writer_writes(seed):
    page = made_up(seed)
    columns = [*FIELDS, "größe", "nothing", "n"]
    expected = io.StringIO(newline="")
    writer = csv.DictWriter(expected, columns, extrasaction="ignore")
    writer.writeheader()
    for contact in page:
        row = contact.to_dict()
        writer.writerow({name: cell(row.get(name)) for name in columns})
    assert page.to_csv(columns) == expected.getvalue().encode()
    alone = io.StringIO(newline="")
    writer = csv.writer(alone)
    writer.writerows([[cell(contact.to_dict().get("n"))] for contact in page])
    assert page.to_csv(["n"], header=False) == alone.getvalue().encode()


@pytest.mark.parametrize("seed", range(20))
def test_csv_reads_back(seed):
    page = made_up(seed)
    columns = ["n", *FIELDS, "extra"]
    rows = read(page.to_csv(columns, header=False), columns)
    assert len(rows) == len(page)
    for row, contact in zip(rows, page, strict=True):
        given = contact.to_dict()
        for name in columns[:-1]:
            value = given.pop(name, None)
            assert row[name] == ("" if value is None else cell(value))
        assert json.loads(row["extra"] or "{}") == given


@pytest.mark.parametrize("seed", range(20))
def test_json_lines_read_back(seed):
    page = made_up(seed)
    lines = page.to_ndjson().split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line) for line in lines] == [each.to_dict() for each in page]
    assert [line.decode() for line in lines] == [contact.raw for contact in page]


def test_a_walk_is_one_file(contacts, tmp_path):
    path = tmp_path / "contacts.csv"
    with path.open("wb") as file:
        for page in contacts.pages(limit=50):
            file.write(page.to_csv(header=file.tell() == 0))
    with path.open(newline="", encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert ids == [contact.id for contact in contacts]


def test_a_page_is_the_same_before_and_after_its_contacts_are_read(contacts):
    page, other = contacts.list(limit=20), contacts.list(limit=20)
    before = [len(page), page.to_csv(), page.to_ndjson(), repr(page)]
    assert len(list(page)) == 20
    assert [len(page), page.to_csv(), page.to_ndjson(), repr(page)] == before
    assert page == other


def test_the_collector_asks_for_the_contacts_that_are_being_made(contacts):
    page, read = contacts.list(limit=50), []

    def ask(phase, info):
        read.append(tuple(page))

    threshold = gc.get_threshold()
    gc.callbacks.append(ask)
    gc.set_threshold(1)
    try:
        made = tuple(page)
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(ask)
    assert [contact.id for contact in made] == [
        contact.id for contact in contacts.list(limit=50)
    ]
    assert all(each == made for each in read)


def test_pages_made_by_hand_or_copied(contacts):
    page = contacts.list(limit=20)
    again = [pickle.loads(pickle.dumps(page)), pgai.Page(page), pgai.Page(list(page) * 2)]
    assert [each.to_csv(header=False) for each in again] == [
        page.to_csv(header=False) * times for times in (1, 1, 2)
    ]
    assert again[0].to_ndjson() == again[1].to_ndjson() == page.to_ndjson()
    assert pgai.Page().to_ndjson() == b""
    assert pgai.Page().to_csv(["id"]) == b"id\r\n"
    odd = pgai.Page([pgai.Contact(), pgai.Contact(extra={"data": {"id": "x"}})])
    assert odd.to_ndjson() == b'{}\n{"data":{"id":"x"}}\n'
    assert odd.to_csv(["id", "data"], header=False) == b',\r\n,"{""id"":""x""}"\r\n'


def test_columns_are_any_iterable():
    page = pgai.Page([pgai.Contact(id="a", email="=e")])
    assert page.to_csv(iter(("email", "id"))) == b"email,id\r\n=e,a\r\n"
    assert page.to_csv(columns={"id": 1}) == b"id\r\na\r\n"
    assert page.to_csv(None) == page.to_csv() == page.to_csv(FIELDS)
    assert page.to_csv(["email"], escape_formulas=True) == b"email\r\n'=e\r\n"


@pytest.mark.parametrize(
    ("arguments", "options", "kind", "words"),
    [
        (["email"], {}, TypeError, "columns must be a list, or another iterable"),
        ([b"email"], {}, TypeError, "columns must be a list, or another iterable"),
        ([7], {}, TypeError, "columns must be a list, or another iterable"),
        ([["id", 7]], {}, TypeError, "column 2 of 2 must be str, not int"),
        ([["id", None]], {}, TypeError, "column 2 of 2 must be str, not NoneType"),
        ([["i\0d"]], {}, pgai.UsageError, "column 1 of 1 contains a NUL character"),
        ([["\ud800"]], {}, pgai.UsageError, "column 1 of 1 contains a lone surrogate"),
        ([["id", ""]], {}, pgai.UsageError, "column 2 of 2 is empty"),
        ([["id", "id"]], {}, pgai.UsageError, "column 2 of 2 comes twice: id"),
        ([[]], {}, pgai.UsageError, "1 to 1000 columns, not 0"),
        ([], {"header": 1}, TypeError, "header must be bool, not int"),
        ([], {"escape_formulas": None}, TypeError, "escape_formulas must be bool, not"),
        ([], {"delimiter": ";"}, TypeError, "delimiter"),
        ([None, True], {}, TypeError, "positional"),
    ],
)
def test_what_is_refused(arguments, options, kind, words):
    with pytest.raises(kind, match=words):
        pgai.Page([pgai.Contact(id="a")]).to_csv(*arguments, **options)


def test_data_frames_read_it(contacts):
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    page = contacts.list(limit=50)
    ids = [contact.id for contact in page]
    frame = pandas.read_csv(io.BytesIO(page.to_csv()), dtype=str)
    assert list(frame["id"]) == ids
    assert list(polars.read_csv(page.to_csv())["id"]) == ids
    assert list(polars.read_ndjson(page.to_ndjson())["id"]) == ids
