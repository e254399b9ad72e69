"""Asks an application such as FastAPI's, without a socket."""

import json


async def answer(app, path, body=None):
    """What it answers to a GET, or a POST if there is a body."""
    sent = []
    scope = {
        **{"type": "http", "method": "GET" if body is None else "POST", "path": path},
        **{"raw_path": path.encode(), "query_string": b"", "root_path": ""},
        "headers": [(b"content-type", b"application/json")],
    }

    async def receive():
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    assert sent[0]["status"] == 200
    return json.loads(b"".join(message.get("body", b"") for message in sent))
