"""Spans of requests, by OpenTelemetry's conventions for HTTP clients.

It needs ``pip install "pgai-contacts[opentelemetry]"``.
"""

from threading import get_ident
from urllib.parse import urlsplit

from opentelemetry.trace import SpanKind, StatusCode, get_tracer

from ._pgai import __version__

# Spans whose requests were given up are never told to end.
_MOST_OPEN = 1000


def instrument(*, tracer_provider=None, on_event=None):
    """Return a function for the option `on_event` that makes each request a span.

    The span is a child of the one that is current where the call is made. It has the
    method, the URL without its query, the status and what went wrong; never the key.

    Parameters
    ----------
    tracer_provider : opentelemetry.trace.TracerProvider, optional
        By default the global one.
    on_event : callable, optional
        Told the same events, too.

    Returns
    -------
    callable
        One serves any number of clients.

    Examples
    --------
    >>> import pgai.opentelemetry
    >>> contacts = pgai.Contacts(on_event=pgai.opentelemetry.instrument())
    """
    tracer = get_tracer("pgai", __version__, tracer_provider)
    spans = {}

    def observe(event):
        # Calls of several keys may have one number, but then one is inside the other.
        place = get_ident(), event.call
        if event.kind == "request":
            spans.setdefault(place, []).append(_begin(tracer, event))
            if len(spans) > _MOST_OPEN:
                for span in spans.pop(next(iter(spans))):
                    span.end()
        elif event.kind == "response" and place in spans:
            _end(spans[place].pop(), event)
            if not spans[place]:
                del spans[place]
        if on_event is not None:
            on_event(event)

    return observe


def _begin(tracer, event):
    url = urlsplit(event.base_url)
    attributes = {
        "http.request.method": event.method,
        "server.address": url.hostname,
        "server.port": url.port or (443 if url.scheme == "https" else 80),
        "url.full": event.base_url + event.path,
    }
    if event.route:
        attributes["url.template"] = event.route
    if event.attempt > 1:
        attributes["http.request.resend_count"] = event.attempt - 1
    name = f"{event.method} {event.route}" if event.route else event.method
    return tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)


def _end(span, event):
    if event.status is not None:
        span.set_attribute("http.response.status_code", event.status)
    if event.error is not None:
        refused = event.status is not None and event.status >= 400
        kind = str(event.status) if refused else event.error.__name__
        span.set_attribute("error.type", kind)
        span.set_status(StatusCode.ERROR)
    span.end()
