"""Contacts in FastAPI and Pydantic."""

import asyncio
import datetime
import json
import math

import pytest
from asgi import answer

import pgai

REASON = "installed for one version of Python only"
pydantic = pytest.importorskip("pydantic", reason=REASON)
fastapi = pytest.importorskip("fastapi", reason=REASON)

BY_HAND = pgai.Page(
    [pgai.Contact(id="c1", email=None), pgai.Contact(id="c2", extra={"x": [1]})], page=1
)


class Person(pydantic.BaseModel):
    id: str
    first_name: str | None = None
    phone: str | None = None


class Team(pydantic.BaseModel):
    lead: pgai.Contact
    people: pgai.Page | list[pgai.Contact] = pgai.Page()


def is_like(person, contact):
    return person == Person(
        id=contact.id, first_name=contact.first_name, phone=contact.phone
    )


@pytest.fixture(params=["listed", "by hand", "none"])
def page(request, contacts):
    return {"listed": contacts.list(), "by hand": BY_HAND, "none": pgai.Page()}[
        request.param
    ]


@pytest.mark.parametrize("from_attributes", [True, False])
def test_a_model_is_made_of_a_contact(contacts, page, from_attributes):
    for contact in (*page, contacts.get(contacts.list()[0].id)):
        made = Person.model_validate(contact, from_attributes=from_attributes)
        assert is_like(made, contact) and is_like(Person(**contact), contact)
    people = pydantic.TypeAdapter(list[Person]).validate_python(page)
    assert all(map(is_like, people, page)) and len(people) == len(page)


def test_a_model_knows_what_was_not_sent(contacts):
    class Reachable(pydantic.BaseModel, from_attributes=True):
        phone: str | None

    listed = contacts.list()[0]
    with pytest.raises(pydantic.ValidationError, match="phone\n  Field required"):
        Reachable.model_validate(listed)
    assert Reachable.model_validate(contacts.get(listed.id)).phone
    assert "phone" not in Person(**listed).model_dump(exclude_unset=True)


def test_a_field_of_a_model_is_a_contact_or_a_page(page):
    for contact in page:
        team = Team(lead=contact, people=page)
        assert team.lead is contact and team.people is page
        assert team.model_dump() == {"lead": contact, "people": list(page)}
        assert team.model_dump_json() == Team.model_validate(team).model_dump_json()
        read = Team.model_validate_json(team.model_dump_json())
        assert (read.lead, list(read.people)) == (contact, list(page))
        assert type(read.lead) is pgai.Contact and type(read.people) is pgai.Page


def test_a_contact_is_made_of_a_dict():
    made = pydantic.TypeAdapter(pgai.Contact).validate_python(
        {"id": "c1", "created_at": datetime.datetime(2025, 1, 15), "x": {"y": None}}
    )
    assert made == {"id": "c1", "created_at": "2025-01-15T00:00:00", "x": {"y": None}}


TOO_DEEP: dict = {}
for _ in range(70):
    TOO_DEEP = {"x": TOO_DEEP}


@pytest.mark.parametrize(
    "value",
    [None, 5, "c1", b"{}", [], {1: 2}, {"id": math.nan}, {"id": "\ud83d"}, TOO_DEEP],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_contact(value):
    for kind, given in ((pgai.Contact, value), (pgai.Page, [value]), (pgai.Page, 5)):
        with pytest.raises(pydantic.ValidationError):
            pydantic.TypeAdapter(kind).validate_python(given)


def test_what_a_schema_says_of_them():
    kind = {"type": "object", "additionalProperties": True}
    for mode in ("validation", "serialization"):
        assert pydantic.TypeAdapter(pgai.Contact).json_schema(mode=mode) == kind
        page = pydantic.TypeAdapter(pgai.Page).json_schema(mode=mode)
        assert page == {"type": "array", "items": kind}


def test_fastapi_answers_with_contacts(page):
    app = fastapi.FastAPI()

    @app.get("/one")
    def one():
        return page[0]

    @app.get("/one-annotated")
    def one_annotated() -> pgai.Contact:
        return page[0]

    @app.get("/all")
    def everyone():
        return list(page)

    @app.get("/all-annotated")
    async def all_annotated() -> pgai.Page:
        return page

    @app.get("/person")
    def person() -> Person:
        return page[0]

    @app.get("/people", response_model=list[Person], response_model_exclude_unset=True)
    def people():
        return page

    for path in ("/all", "/all-annotated"):
        assert asyncio.run(answer(app, path)) == list(page)
    made = asyncio.run(answer(app, "/people"))
    assert len(made) == len(page)
    for each, contact in zip(made, page, strict=True):
        names = Person.model_fields.keys() & contact.keys()
        assert each == {name: contact[name] for name in names}
    if page:
        for path in ("/one", "/one-annotated"):
            assert asyncio.run(answer(app, path)) == page[0]
        assert is_like(Person(**asyncio.run(answer(app, "/person"))), page[0])
    assert "/all-annotated" in app.openapi()["paths"]


def test_fastapi_reads_contacts(page):
    app = fastapi.FastAPI()
    got = []

    @app.post("/all")
    def take(people: list[pgai.Contact]) -> int:
        got.append(people)
        return len(people)

    body = json.dumps(list(page), default=dict).encode()
    assert asyncio.run(answer(app, "/all", body)) == len(page)
    assert got == [list(page)]
