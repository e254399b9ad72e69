"""Contacts in FastAPI, Pydantic and pyarrow."""

import asyncio
import json

import pytest

pydantic = pytest.importorskip("pydantic")
pyarrow = pytest.importorskip("pyarrow")
fastapi = pytest.importorskip("fastapi")


class Person(pydantic.BaseModel):
    id: str
    first_name: str | None = None
    phone: str | None = None


def is_like(person, contact):
    return person == Person(
        id=contact.id, first_name=contact.first_name, phone=contact.phone
    )


@pytest.mark.parametrize("from_attributes", [True, False])
def test_a_model_is_made_of_a_contact(contacts, from_attributes):
    page = contacts.list()
    for contact in (page[0], contacts.get(page[0].id)):
        made = Person.model_validate(contact, from_attributes=from_attributes)
        assert is_like(made, contact) and is_like(Person(**contact), contact)
    people = pydantic.TypeAdapter(list[Person]).validate_python(page)
    assert all(map(is_like, people, page)) and len(people) == len(page)


def test_a_table_is_made_of_contacts(contacts):
    page = contacts.list()
    table = pyarrow.Table.from_pylist(list(page))
    assert table.column_names == list(page[0])
    for row, contact in zip(table.to_pylist(), page, strict=True):
        assert row == {name: contact.get(name) for name in table.column_names}


async def answer(app, path):
    """What an application answers, asked without a socket."""
    sent = []
    scope = {
        **{"type": "http", "method": "GET", "path": path, "raw_path": path.encode()},
        **{"query_string": b"", "headers": [], "root_path": ""},
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return json.loads(b"".join(message.get("body", b"") for message in sent))


def test_fastapi_answers_with_contacts(contacts):
    app = fastapi.FastAPI()
    page = contacts.list()
    whole = contacts.get(page[0].id)

    @app.get("/one")
    def one():
        return whole

    @app.get("/all")
    def everyone():
        return list(page)

    @app.get("/person")
    def person() -> Person:
        return whole

    @app.get("/people", response_model=list[Person])
    def people():
        return page

    assert asyncio.run(answer(app, "/one")) == whole
    assert asyncio.run(answer(app, "/all")) == list(page)
    assert is_like(Person(**asyncio.run(answer(app, "/person"))), whole)
    made = asyncio.run(answer(app, "/people"))
    assert all(map(is_like, (Person(**each) for each in made), page))
