"""Pages as users of msgspec write them down."""

import msgspec


class Contact(msgspec.Struct):
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
    data: list[Contact]
    pagination: Pagination


decode = msgspec.json.Decoder(Page).decode
