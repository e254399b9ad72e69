"""Contacts where rows are taken, as the service sent them and made by hand."""

import csv
import dataclasses
import io
import json
import sqlite3
from operator import attrgetter

import pytest

import pgai

REASON = "installed for one version of Python only"
BY_HAND = [
    {"id": "c1", "first_name": "Zoë", "email": None},
    {"id": "c2", "email": "久保@example.com", "phone": '"5", 6'},
    {"id": "c3", "extra": {"tags": ["a"], "score": {"b": 1.5}}},
    {},
]


@pytest.fixture(params=["listed", "by hand", "with equal fields"])
def page(request, contacts):
    if request.param == "listed":
        return contacts.list(limit=5)
    if request.param == "by hand":
        return pgai.Page([pgai.Contact(**fields) for fields in BY_HAND])
    return pgai.Page([pgai.Contact(id=id, phone="5") for id in "ab"], page=1, total=2)


def values(page, *names):
    return [tuple(getattr(contact, name) for name in names) for contact in page]


def test_json(page):
    sent = [contact.to_dict() for contact in page]
    assert json.loads(json.dumps([dict(contact) for contact in page])) == sent
    assert json.loads(json.dumps(list(page), default=dict)) == sent
    assert [json.loads(line) for line in page.to_ndjson().splitlines()] == sent


def test_csv(page):
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "email", "phone"], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(page)
    written = page.to_csv(["id", "email", "phone"]).decode()
    for text in (out.getvalue(), written):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert rows[0] == ["id", "email", "phone"]
        expected = values(page, *rows[0])
        assert rows[1:] == [[value or "" for value in row] for row in expected]


@pytest.fixture
def database():
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE people (id, email, phone)")
    yield database
    database.close()


def test_sqlite(database, page):
    # Its parameters are tuples or dicts, and each must have all that is named.
    rows = map(attrgetter("id", "email", "phone"), page)
    database.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)
    found = database.execute("SELECT * FROM people").fetchall()
    assert found == values(page, "id", "email", "phone")
    database.execute("DELETE FROM people")
    sent = [dict(contact) for contact in page if contact]
    database.executemany("INSERT INTO people (id) VALUES (:id)", sent)
    found = database.execute("SELECT id FROM people").fetchall()
    assert found == values(filter(None, page), "id")


def test_dataclasses_and_attrs(page):
    attrs = pytest.importorskip("attrs", reason=REASON)

    class Person:
        id: str
        first_name: str | None = None

    for make in (dataclasses.dataclass, attrs.define):
        kind = make(type("Person", (), dict(vars(Person))))
        for contact in page:
            known = {name: getattr(contact, name) for name in ("id", "first_name")}
            made = kind(**known)
            assert (made.id, made.first_name) == (contact.id, contact.first_name)


def test_msgspec(page):
    msgspec = pytest.importorskip("msgspec", reason=REASON)
    person = msgspec.defstruct(
        "Person", [("id", str | None), ("phone", str | None), ("email", str | None)]
    )
    made = msgspec.convert(list(page), list[person], from_attributes=True)
    assert [(each.id, each.phone, each.email) for each in made] == values(
        page, "id", "phone", "email"
    )
    assert msgspec.json.decode(msgspec.json.encode(list(page), enc_hook=dict)) == [
        contact.to_dict() for contact in page
    ]


def test_pyarrow(page):
    pyarrow = pytest.importorskip("pyarrow", reason=REASON)
    for rows in (page, list(page)):
        table = pyarrow.Table.from_pylist(rows)
        assert table.column_names == list(page[0])
        for row, contact in zip(table.to_pylist(), page, strict=True):
            assert row == {name: contact.get(name) for name in table.column_names}
    table = pyarrow.table(page)
    assert table["id"].to_pylist() == [contact.id for contact in page]


def test_pandas(page):
    pandas = pytest.importorskip("pandas", reason=REASON)
    ids = [contact.id for contact in page]
    for frame in (
        pandas.DataFrame(page),
        pandas.DataFrame.from_records([dict(contact) for contact in page]),
        pandas.json_normalize(map(dict, page)),
        pandas.DataFrame.from_arrow(page),
    ):
        found = frame["id"].astype(object)
        assert found.where(found.notna(), None).tolist() == ids
    # It takes dicts only.
    with pytest.raises(TypeError, match="must be of type dict"):
        pandas.json_normalize(list(page))


def test_polars(page):
    polars = pytest.importorskip("polars", reason=REASON)
    pyarrow = pytest.importorskip("pyarrow", reason=REASON)
    ids = [contact.id for contact in page]
    for frame in (
        polars.DataFrame(page),
        polars.from_dicts(list(page)),
        polars.DataFrame(pyarrow.table(page)),
        polars.from_arrow(page).struct.unnest(),
    ):
        assert frame["id"].to_list() == ids


def test_duckdb(page):
    duckdb = pytest.importorskip("duckdb", reason=REASON)
    with duckdb.connect() as connection:
        rows = connection.sql("SELECT id, email, phone FROM page").fetchall()
    assert rows == values(page, "id", "email", "phone")
