"""Spans of requests, as OpenTelemetry's own exporter in memory gets them."""

import pytest

import pgai

pytest.importorskip("opentelemetry.sdk", reason="opentelemetry-sdk is not installed")

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import pgai.opentelemetry


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter):
    made = TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(exporter))
    return made


@pytest.fixture
def traced(contacts, provider):
    return contacts.with_options(
        on_event=pgai.opentelemetry.instrument(tracer_provider=provider)
    )


def test_a_request_is_a_span(pgai_sandbox, traced, exporter):
    traced.list(limit=2)
    (span,) = exporter.get_finished_spans()
    port = int(pgai_sandbox.url.split(":")[2].split("/")[0])
    assert span.name == "GET /contacts"
    assert span.kind is SpanKind.CLIENT
    assert dict(span.attributes) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": port,
        "url.full": f"{pgai_sandbox.url}/contacts",
        "url.template": "/contacts",
    }
    assert span.status.status_code is StatusCode.UNSET
    assert span.instrumentation_scope.name == "pgai"


def test_a_retry_is_another(pgai_sandbox, traced, exporter):
    pgai_sandbox.fault({"fault": "status", "code": 503, "match": {"times": 1}})
    traced.list()
    first, second = exporter.get_finished_spans()
    assert first.attributes["error.type"] == "503"
    assert first.status.status_code is StatusCode.ERROR
    assert "http.request.resend_count" not in first.attributes
    assert second.attributes["http.request.resend_count"] == 1
    assert second.status.status_code is StatusCode.UNSET


def test_a_failure_has_a_type(pgai_sandbox, traced, exporter):
    pgai_sandbox.fault({"fault": "reset", "k": 0})
    with pytest.raises(pgai.ConnectionLostError):
        traced.with_options(max_attempts=1).list()
    (span,) = exporter.get_finished_spans()
    assert span.attributes["error.type"] == "ConnectionLostError"
    assert "http.response.status_code" not in span.attributes
    assert span.status.status_code is StatusCode.ERROR


def test_it_is_a_child_of_the_current_span(provider, traced, exporter):
    with provider.get_tracer("test").start_as_current_span("mine"):
        list(traced.pages(limit=50))
    *pages, mine = exporter.get_finished_spans()
    assert len(pages) == 20
    assert {span.parent.span_id for span in pages} == {mine.context.span_id}


def test_an_id_is_not_in_its_name(traced, exporter):
    traced.get(traced.list(limit=1)[0].id)
    assert exporter.get_finished_spans()[1].name == "GET /contacts/{id}"


def test_another_endpoint_has_no_template(traced, exporter):
    traced.request("GET", "/contacts", query={"limit": 1})
    (span,) = exporter.get_finished_spans()
    assert span.name == "GET"
    assert "url.template" not in span.attributes
    assert "limit" not in span.attributes["url.full"]


def test_another_observer_is_told_too(contacts, provider):
    events = []
    observe = pgai.opentelemetry.instrument(
        tracer_provider=provider, on_event=events.append
    )
    contacts.with_options(on_event=observe).list()
    assert [event.kind for event in events] == ["request", "response", "page"]


def test_the_key_is_in_no_span(pgai_sandbox, traced, exporter):
    traced.list()
    (span,) = exporter.get_finished_spans()
    assert pgai_sandbox.api_key not in span.to_json()


def test_spans_that_never_end_are_bounded(provider, exporter, traced):
    told = []
    traced.with_options(on_event=told.append).list()
    observe = pgai.opentelemetry.instrument(tracer_provider=provider)
    request = told[0]
    for number in range(1500):
        observe(pgai.Event((request[0], number, *request[2:])))
    assert len(exporter.get_finished_spans()) == 500
