"""Contacts as people write them down without this library: for msgspec, and by hand."""

import dataclasses
import json

import msgspec


class Struct(msgspec.Struct):
    id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    job_title: str | None = None
    company: str | None = None
    linkedin_url: str | None = None
    location: str | None = None
    phone: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Pagination(msgspec.Struct):
    page: int
    limit: int
    total: int


class Page(msgspec.Struct):
    data: list[Struct]
    pagination: Pagination


names = Struct.__struct_fields__
Dataclass = dataclasses.make_dataclass("Dataclass", names, slots=True)
decode_page = msgspec.json.Decoder(Page).decode


def structs(body):
    return decode_page(body).data


def dataclass_objects(body):
    return [Dataclass(**contact) for contact in json.loads(body)["data"]]
