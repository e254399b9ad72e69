/* Faults of lists: pages that are short or come again, totals that are wrong, contacts
 * that come, go and move between two requests. */
#include <inttypes.h>
#include <stdio.h>

#include "protocol/text.h"
#include "sandbox/fault.h"
#include "sandbox/json_text.h"
#include "sandbox/random.h"

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

/* What a service may take that offers sizes of pages to choose from. */
static void
apply_round_limit(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    static const int64_t limits[] = {10, 20, 25, 50, 0};

    (void)call;
    exchange->list.limits = limits;
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

/* Where contacts come, go or move to. */
#define PLACE_WORDS "head|tail|random"

enum { AT_HEAD, AT_TAIL, AT_RANDOM };

/* A place from 0 to @p last, which may be below 0 as well: then 0. */
static int64_t draw_place(int64_t word, int64_t last, uint64_t *random)
{
    if (word == AT_HEAD || last <= 0)
        return 0;
    return word == AT_TAIL ? last
                           : (int64_t)pgaii_random_below(random, (uint64_t)last + 1);
}

static void check_memory(pgaii_sandbox_exchange *exchange, bool enough)
{
    if (enough)
        return;
    pgaii_sandbox_response_error(&exchange->response, 500, "Out of memory");
    exchange->answered = true;
}

/* Add so many contacts, one behind the other. */
static void add_contacts(pgaii_sandbox_exchange *exchange, int64_t count, int64_t word,
                         uint64_t *random)
{
    pgaii_contacts *contacts = exchange->contacts;
    int64_t place = draw_place(word, pgaii_contacts_living(contacts), random);

    for (int64_t i = 0; i < count; i++)
        check_memory(exchange, pgaii_contacts_add(contacts, place + i));
}

/* Delete so many contacts that follow each other, or as many as there are. */
static void delete_contacts(pgaii_sandbox_exchange *exchange, int64_t count, int64_t word,
                            uint64_t *random)
{
    pgaii_contacts *contacts = exchange->contacts;
    int64_t place = draw_place(word, pgaii_contacts_living(contacts) - count, random);

    for (int64_t i = 0; i < count && pgaii_contacts_living(contacts) > 0; i++)
        check_memory(exchange, pgaii_contacts_delete_at(contacts, place));
}

static void
apply_contacts_added(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    uint64_t random = call->random;

    add_contacts(exchange, call->values[0], call->values[1], &random);
}

static void
apply_contacts_deleted(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    uint64_t random = call->random;

    delete_contacts(exchange, call->values[0], call->values[1], &random);
}

/* The total stays as it is. */
static void
apply_contacts_replaced(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    int64_t before = pgaii_contacts_living(exchange->contacts);
    uint64_t random = call->random;
    int64_t gone;

    delete_contacts(exchange, call->values[0], call->values[1], &random);
    gone = before - pgaii_contacts_living(exchange->contacts);
    add_contacts(exchange, gone, call->values[2], &random);
}

static void
apply_contacts_moved(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_contacts *contacts = exchange->contacts;
    int64_t last = pgaii_contacts_living(contacts) - 1;
    uint64_t random = call->random;

    for (int64_t i = 0; i < call->values[0] && last > 0; i++) {
        int64_t from = draw_place(call->values[1], last, &random);
        int64_t to = draw_place(call->values[2], last, &random);

        check_memory(exchange, pgaii_contacts_move(contacts, from, to));
    }
}

enum { MAX_PAGE = 1000000000, MAX_OFF_BY = 1000000, MAX_CHANGES = 100000 };

const pgaii_fault pgaii_faults_paging[] = {
    {"clamp_limit",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NEEDED("limit", 1, MAX_PAGE)},
     apply_clamp_limit},
    {"round_limit", PGAII_AT_REQUEST, PGAII_SANDBOX_LIST, {{0}}, apply_round_limit},
    {"contacts_added",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NUMBER("n", 1, MAX_CHANGES, 1), PGAII_CHOICE("at", PLACE_WORDS)},
     apply_contacts_added},
    {"contacts_deleted",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NUMBER("n", 1, MAX_CHANGES, 1), PGAII_CHOICE("at", PLACE_WORDS)},
     apply_contacts_deleted},
    {"contacts_replaced",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NUMBER("n", 1, MAX_CHANGES, 1), PGAII_CHOICE("at", PLACE_WORDS),
      PGAII_CHOICE("to", PLACE_WORDS)},
     apply_contacts_replaced},
    {"contacts_moved",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_LIST,
     {PGAII_NUMBER("n", 1, MAX_CHANGES, 1), PGAII_CHOICE("at", PLACE_WORDS),
      PGAII_CHOICE("to", PLACE_WORDS)},
     apply_contacts_moved},
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
