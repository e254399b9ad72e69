/* The type pgai.Event. */
#include "event.h"

#include <stdbool.h>

#include "convert.h"
#include "records.h"

static PyStructSequence_Field event_fields[] = {
    {"kind", "request, response, retry, wait or page"},
    {"call", "number of the call, among those with one key that are watched"},
    {"method", "such as GET"},
    {"route", "the path without an id: /contacts/{id}; None: of any other endpoint"},
    {"base_url", "of the client"},
    {"path", "below the base URL, without a query"},
    {"attempt", "number of the request in its call, from 1; of a wait, that of the next"},
    {"status", "response, retry: HTTP status; None: no response came"},
    {"error", "response, retry: class of the exception it would be; None: it is fine"},
    {"bytes", "of the body: request, as sent; response, decoded"},
    {"elapsed", "response: seconds since the request"},
    {"cause", "retry, wait: pacing, limited (after a 429) or backoff"},
    {"wait", "retry, wait: seconds until the next request"},
    {"limit", "response: requests a minute; None: not reported"},
    {"remaining", "of them; None: not reported"},
    {"reset", "seconds until the window ends; None: not reported"},
    {"page", "page: its number; None: not reported"},
    {"contacts", "page: contacts on it"},
    {"total", "page: contacts in all; None: not reported"},
    {"request_id", "response: of the service; None: it sent none"},
    {NULL, NULL},
};
enum { FIELDS = sizeof(event_fields) / sizeof(event_fields[0]) - 1 };
PyStructSequence_Desc pgaii_py_event_desc = {
    "pgai.Event", "Something that happened in a call. What a kind does not have is None.",
    event_fields, FIELDS};

static PyObject *number(bool has, int64_t value)
{
    return has && value >= 0 ? PyLong_FromLongLong(value) : Py_NewRef(Py_None);
}

static PyObject *seconds(bool has, int64_t ms)
{
    return has && ms >= 0 ? PyFloat_FromDouble((double)ms / 1000.0) : Py_NewRef(Py_None);
}

static PyObject *text(bool has, const char *words)
{
    return has && words && *words ? PyUnicode_FromString(words) : Py_NewRef(Py_None);
}

static PyObject *error_class(const pgaii_py_state *state, pgai_status status)
{
    return Py_NewRef(status == PGAI_OK ? Py_None : state->errors[status]);
}

PyObject *pgaii_py_event(pgaii_py_state *state, const pgai_event *event)
{
    static const char *const causes[] = {"pacing", "limited", "backoff"};
    bool request = event->kind == PGAI_EVENT_REQUEST;
    bool response = event->kind == PGAI_EVENT_RESPONSE;
    bool waits = event->kind == PGAI_EVENT_RETRY || event->kind == PGAI_EVENT_WAIT;
    bool page = event->kind == PGAI_EVENT_PAGE;
    PyObject *values[] = {
        text(true, pgai_event_name(event->kind)),
        PyLong_FromUnsignedLongLong(event->call),
        text(true, event->method),
        text(true, event->route),
        text(true, event->base_url),
        pgaii_py_string(event->path),
        number(true, event->attempt),
        number(event->http_status > 0, event->http_status),
        error_class(state, event->status),
        number(request || response, event->bytes),
        seconds(response, event->elapsed_ms),
        text(waits, causes[event->cause]),
        seconds(waits, event->wait_ms),
        number(response, event->limit),
        number(response, event->remaining),
        seconds(response, event->reset_ms),
        number(page, event->page),
        number(page, event->contacts),
        number(page, event->total),
        text(response, event->request_id),
    };

    _Static_assert(sizeof(values) / sizeof(values[0]) == FIELDS, "a field is missing");
    return pgaii_py_record(state->event_type, values, FIELDS);
}
