"""A web application over the contacts.

pip install fastapi uvicorn, then uvicorn fastapi_app:app. What it answers is shown at
http://127.0.0.1:8000/docs. The key is in $PGAI_API_KEY.
"""

import contextlib
import logging
import math
from collections.abc import AsyncIterator
from typing import Annotated

import fastapi
import pydantic
from fastapi.responses import JSONResponse

import pgai


@contextlib.asynccontextmanager
async def lifespan(app: fastapi.FastAPI) -> AsyncIterator[None]:
    # Who waits for an answer is better told soon.
    async with pgai.AsyncContacts(deadline=5, max_wait=1) as app.state.contacts:
        yield


def client(request: fastapi.Request) -> pgai.AsyncContacts:
    contacts: pgai.AsyncContacts = request.app.state.contacts
    return contacts


Contacts = Annotated[pgai.AsyncContacts, fastapi.Depends(client)]
logger = logging.getLogger("uvicorn.error")
app = fastapi.FastAPI(lifespan=lifespan)


class NewContact(pydantic.BaseModel, extra="forbid"):
    first_name: str
    last_name: str | None = None
    email: str | None = None


@app.get("/contacts/{id}")
async def get_contact(id: str, contacts: Contacts) -> pgai.Contact:
    return await contacts.get(id)


@app.get("/contacts")
async def list_contacts(contacts: Contacts, page: int = 1, limit: int = 50) -> pgai.Page:
    return await contacts.list(page=page, limit=limit)


@app.post("/contacts", status_code=201)
async def create_contact(new: NewContact, contacts: Contacts) -> pgai.Contact:
    return await contacts.create(**new.model_dump())


# The status of each kind of error; 502 is for all others.
STATUSES: tuple[tuple[type[pgai.Error], int], ...] = (
    (pgai.UsageError, 422),
    (pgai.UnprocessableEntityError, 422),
    (pgai.BadRequestError, 400),
    (pgai.NotFoundError, 404),
    (pgai.ConflictError, 409),
    (pgai.RateLimitError, 429),
    (pgai.TimeoutError, 504),
)
# What is said instead of a message that is meant for whoever runs this.
DETAILS = {
    429: "too many requests",
    502: "the contacts cannot be reached",
    504: "the contacts cannot be reached in time",
}


@app.exception_handler(pgai.Error)
async def answer_error(request: fastapi.Request, error: pgai.Error) -> JSONResponse:
    status = next((code for kind, code in STATUSES if isinstance(error, kind)), 502)
    if status in DETAILS:
        logger.error("%s %s: %s", request.method, request.url.path, error)
    detail = DETAILS.get(status, error.message)
    if isinstance(error, pgai.OutcomeUnknownError):
        detail = "the contact may have been created: check before you try again"
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    return JSONResponse({"detail": detail}, status, headers)
