/* Faults of lists: pages that are short or come again, totals that are wrong. */
#include <inttypes.h>
#include <stdio.h>

#include "protocol/text.h"
#include "sandbox/fault.h"
#include "sandbox/json_text.h"

/* Whether a list asks for that page; 0 means any. */
static bool asks_for(const pgaii_sandbox_exchange *exchange, int64_t page)
{
    return page == 0 || pgaii_query_page(exchange->request->query) == page;
}

static void
apply_clamp_limit(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    exchange->list.most = call->values[0];
}

static void
apply_empty_page(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    if (asks_for(exchange, call->values[0]))
        exchange->list.drop = INT64_MAX;
}

static void
apply_short_page(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    if (asks_for(exchange, call->values[0]))
        exchange->list.drop = call->values[1];
}

static void
apply_same_page(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    exchange->list.from_page = call->values[0];
}

/* Where the page's pagination object is, and the total in it; length 0: it has none. */
static pgaii_span find_total(const pgaii_buffer *body, pgaii_span *pagination)
{
    pgai_text json = {body->data, body->length};

    *pagination = pgaii_json_member(json, 0, "pagination");
    if (pagination->length == 0)
        return *pagination;
    return pgaii_json_member(json, pagination->start, "total");
}

/* The total is the last member of its object. */
static void
apply_total_missing(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    static const char key[] = ",\"total\":";
    pgaii_span pagination;
    pgaii_span total = find_total(&exchange->response.body, &pagination);

    (void)call;
    if (total.length == 0)
        return;
    total.start -= sizeof(key) - 1;
    total.length += sizeof(key) - 1;
    pgaii_json_replace(&exchange->response.body, total, pgaii_text(""));
}

static void shift_total(pgaii_sandbox_exchange *exchange, int64_t by)
{
    pgaii_buffer *body = &exchange->response.body;
    pgaii_span pagination;
    pgaii_span total = find_total(body, &pagination);
    int64_t number;
    char text[24];

    if (!pgaii_text_number((pgai_text){body->data + total.start, total.length}, &number))
        return;
    number = number + by > 0 ? number + by : 0;
    snprintf(text, sizeof(text), "%" PRId64, number);
    pgaii_json_replace(body, total, pgaii_text(text));
}

static void
apply_total_wrong(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    shift_total(exchange, call->values[0]);
}

static void
apply_total_drifting(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    shift_total(exchange, call->values[0] * (int64_t)(call->times % INT32_MAX));
}

enum { MAX_PAGE = 1000000000, MAX_OFF_BY = 1000000 };

const pgaii_fault pgaii_faults_paging[] = {
    {"clamp_limit",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NEEDED("limit", 1, MAX_PAGE)},
     apply_clamp_limit},
    {"empty_page",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NUMBER("page", 0, MAX_PAGE, 0)},
     apply_empty_page},
    {"short_page",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NUMBER("page", 0, MAX_PAGE, 0), PGAII_NUMBER("drop", 1, MAX_PAGE, 1)},
     apply_short_page},
    {"same_page",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NUMBER("page", 1, MAX_PAGE, 1)},
     apply_same_page},
    {"total_missing", PGAII_AT_SUCCESS, PGAII_SANDBOX_LIST, {{0}}, apply_total_missing},
    {"total_wrong",
     PGAII_AT_SUCCESS,
     PGAII_SANDBOX_LIST,
     {PGAII_NEEDED("by", -MAX_OFF_BY, MAX_OFF_BY)},
     apply_total_wrong},
    {"total_drifting",
     PGAII_AT_SUCCESS,
     PGAII_SANDBOX_LIST,
     {PGAII_NUMBER("by", -MAX_OFF_BY, MAX_OFF_BY, 1)},
     apply_total_drifting},
    {0},
};
