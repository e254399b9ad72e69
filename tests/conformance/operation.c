/* Makes the call of a row, and plays it to its end. */
#include "conformance/operation.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/events.h"
#include "conformance/outcome.h"
#include "conformance/value.h"
#include "conformance/written.h"
#include "protocol/text.h"

typedef struct operation {
    struct exchange *exchange;
    pgai_session *session;
    const pgai_call_options *call_options;
    const json_t *arguments;
    const json_t *result;
    pgai_error error;
} operation;

static int count_requests(const json_t *steps)
{
    const json_t *step;
    size_t index;
    int count = 0;

    json_array_foreach(steps, index, step) count +=
        json_object_get(step, "request") ? 1 : 0;
    return count;
}

static bool
check_failure(const operation *op, const pgai_error *error, const pgai_response *response)
{
    return outcome_error(op->exchange, op->result, error,
                         count_requests(op->exchange->steps)) &&
           outcome_error_response(op->exchange, op->result, error, response) &&
           exchange_finish(op->exchange);
}

/* Of a call that was driven. */
static bool check_failed_call(const operation *op, pgai_call *call)
{
    pgai_response *response = pgai_call_take_response(call);
    bool fits = check_failure(op, pgai_call_error(call), response);

    pgai_response_free(response);
    return fits;
}

static bool expects_failure(const operation *op)
{
    return json_object_get(op->result, "error") != NULL;
}

static bool take_response(operation *op, pgai_call *call)
{
    pgai_response *response = pgai_call_take_response(call);
    bool fits = outcome_response(op->exchange, op->result, response);

    pgai_response_free(response);
    return fits && exchange_finish(op->exchange);
}

static pgai_call *only_call(void *data, size_t index)
{
    return index == 0 ? data : NULL;
}

/* Drive a call that was made, or note why it could not be. */
static bool play_call(operation *op, pgai_status made, pgai_call *call)
{
    pgai_page *page;
    pgai_contact *contact;
    bool fits;

    if (made != PGAI_OK)
        return check_failure(op, &op->error, NULL);
    if (!exchange_drive(op->exchange, only_call, call))
        return false;
    if (pgai_call_next(call, op->exchange->now_ms) == PGAI_STEP_FAILED)
        return check_failed_call(op, call);
    if (json_object_get(op->result, "response"))
        return take_response(op, call);
    if (json_object_get(op->result, "parts"))
        return outcome_parts(op->exchange, op->result, call) &&
               exchange_finish(op->exchange);
    page = pgai_call_take_page(call);
    contact = pgai_call_take_contact(call);
    if (json_object_get(op->result, "written"))
        fits = written_fits(op->exchange, op->result, page);
    else
        fits = page ? outcome_page(op->exchange, op->result, page)
                    : outcome_contact(op->exchange, op->result, contact);
    pgai_page_free(page);
    pgai_contact_free(contact);
    return fits && exchange_finish(op->exchange);
}

static bool play_list(operation *op)
{
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgai_call *call = NULL;
    pgai_status made;
    bool fits;

    options.page = value_number(json_object_get(op->arguments, "page"), PGAI_UNSET);
    options.limit = value_number(json_object_get(op->arguments, "limit"), PGAI_UNSET);
    made = pgai_call_new_list(op->session, &options, op->call_options, &call, &op->error);
    fits = play_call(op, made, call);
    pgai_call_free(call);
    return fits;
}

static bool play_plan(operation *op)
{
    int64_t parts = value_number(json_object_get(op->arguments, "parts"), PGAI_UNSET);
    int64_t limit = value_number(json_object_get(op->arguments, "limit"), PGAI_UNSET);
    pgai_call *call = NULL;
    pgai_status made = pgai_call_new_plan(op->session, parts, limit, op->call_options,
                                          &call, &op->error);
    bool fits = play_call(op, made, call);

    pgai_call_free(call);
    return fits;
}

static bool play_get(operation *op)
{
    value_bytes id = value_bytes_new(json_object_get(op->arguments, "id"));
    pgai_call *call = NULL;
    pgai_status made =
        pgai_call_new_get(op->session, id.data, op->call_options, &call, &op->error);
    bool fits = play_call(op, made, call);

    pgai_call_free(call);
    free(id.data);
    return fits;
}

static bool play_create(operation *op)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    value_bytes texts[PGAI_FIELD_COUNT] = {{NULL}};
    value_bytes extra = value_bytes_new(json_object_get(op->arguments, "extra"));
    pgai_call *call = NULL;
    pgai_status made;
    bool fits;

    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        const char **member = pgai_contact_fields_member(&fields, (pgai_field)i);

        if (!member)
            continue;
        texts[i] = value_bytes_new(
            json_object_get(op->arguments, pgai_field_name((pgai_field)i)));
        *member = texts[i].data;
    }
    fields.extra = extra.data;
    made =
        pgai_call_new_create(op->session, &fields, op->call_options, &call, &op->error);
    fits = play_call(op, made, call);
    pgai_call_free(call);
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        free(texts[i].data);
    free(extra.data);
    return fits;
}

enum { MAX_PARAMETERS = 8, MAX_IDS = 8 };

static bool play_request(operation *op)
{
    pgai_request_options options = PGAI_REQUEST_OPTIONS_INIT;
    const json_t *query = json_object_get(op->arguments, "query");
    value_bytes texts[2 * MAX_PARAMETERS] = {{NULL, 0}};
    value_bytes method = value_bytes_new(json_object_get(op->arguments, "method"));
    value_bytes path = value_bytes_new(json_object_get(op->arguments, "path"));
    value_bytes json = value_bytes_new(json_object_get(op->arguments, "json"));
    pgai_parameter parameters[MAX_PARAMETERS];
    pgai_call *call = NULL;
    pgai_status made;
    bool fits;

    options.method = method.data;
    options.path = path.data;
    options.json = json.data;
    options.query = parameters;
    options.query_count = json_array_size(query);
    value_demand(options.query_count <= MAX_PARAMETERS, "too many parameters", query);
    for (size_t i = 0; i < options.query_count; i++) {
        for (size_t part = 0; part < 2; part++)
            texts[2 * i + part] =
                value_bytes_new(json_array_get(json_array_get(query, i), part));
        parameters[i] = (pgai_parameter){texts[2 * i].data, texts[2 * i + 1].data};
    }
    made =
        pgai_call_new_request(op->session, &options, op->call_options, &call, &op->error);
    fits = play_call(op, made, call);
    pgai_call_free(call);
    for (size_t i = 0; i < 2 * options.query_count; i++)
        free(texts[i].data);
    free(method.data);
    free(path.data);
    free(json.data);
    return fits;
}

/* A page of a walk, written in the table as the list of its ids. */
static bool check_page(operation *op, const pgai_page *page, size_t number)
{
    const json_t *pages = json_object_get(op->result, "pages");
    const json_t *ids = json_array_get(pages, number);

    if (json_array_size(ids) != pgai_page_count(page))
        return exchange_mismatch(op->exchange, "page %zu has %zu contacts", number,
                                 pgai_page_count(page));
    for (size_t i = 0; i < pgai_page_count(page); i++) {
        pgai_text id = pgai_contact_text(pgai_page_contact(page, i), PGAI_ID);

        if (!value_text_is(json_array_get(ids, i), id))
            return exchange_mismatch(op->exchange, "contact %zu of page %zu is %.*s", i,
                                     number, (int)id.length, id.data ? id.data : "");
    }
    return true;
}

static pgai_call *call_of_walk(void *data, size_t index)
{
    return pgai_walk_call(data, index);
}

static bool check_stats(operation *op, const pgai_walk *walk, const json_t *expected)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;

    pgai_walk_stats_get(walk, op->exchange->now_ms, &stats);
    return outcome_stats(op->exchange, expected, &stats);
}

/* A page was returned. */
static bool
take_page(operation *op, const pgai_walk *walk, const pgai_page *page, size_t number)
{
    const json_t *after = json_object_get(op->result, "after");

    return check_page(op, page, number) &&
           check_stats(op, walk, json_array_get(after, number));
}

/* Walk until it is over, or @p most pages were handed out. */
static bool
play_walk(operation *op, pgai_walk *walk, size_t most, size_t *pages, pgai_walk_step *end)
{
    pgai_page *page = NULL;
    bool fits = true;

    while (fits && *pages < most) {
        *end = pgai_walk_next(walk, op->exchange->now_ms, &page);
        if (*end == PGAI_WALK_DONE || *end == PGAI_WALK_FAILED)
            return true;
        if (*end == PGAI_WALK_PAGE)
            fits = take_page(op, walk, page, (*pages)++);
        else
            fits = exchange_drive(op->exchange, call_of_walk, walk);
        pgai_page_free(page);
        page = NULL;
    }
    return fits;
}

static bool
check_end(operation *op, const pgai_walk *walk, size_t pages, pgai_walk_step end)
{
    size_t wanted = json_array_size(json_object_get(op->result, "pages"));

    if (pages != wanted)
        return exchange_mismatch(op->exchange, "over after %zu of %zu pages", pages,
                                 wanted);
    if (!check_stats(op, walk, json_object_get(op->result, "stats")))
        return false;
    if (end == PGAI_WALK_FAILED)
        return check_failure(op, pgai_walk_error(walk), pgai_walk_response(walk));
    if (expects_failure(op))
        return exchange_mismatch(op->exchange, "the walk ended well");
    return exchange_finish(op->exchange);
}

/* One page after the other, unless the row says otherwise. */
static int64_t prefetch_of(const operation *op)
{
    return value_number(json_object_get(op->arguments, "prefetch"), 1);
}

/* With `resume`: leave the walk after so many pages, or where it failed, and start
 * another from its cursor. */
static bool resume(operation *op, const json_t *how, pgai_walk **walk, size_t *pages)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    int64_t most = value_number(json_object_get(how, "pages"), INT64_MAX);
    int64_t used = value_number(json_object_get(how, "used"), INT64_MAX);
    char cursor[PGAI_CURSOR_SIZE];
    pgai_walk_step end = PGAI_WALK_CALLS;
    pgai_status made;

    if (!play_walk(op, *walk, (size_t)most, pages, &end))
        return false;
    if (most == INT64_MAX && end != PGAI_WALK_FAILED)
        return exchange_mismatch(op->exchange, "the walk did not fail first");
    pgai_walk_cursor(*walk, (size_t)used, cursor);
    pgai_walk_free(*walk);
    *walk = NULL;
    options.cursor = cursor;
    options.strict = json_is_true(json_object_get(op->arguments, "strict"));
    options.prefetch = prefetch_of(op);
    made = pgai_walk_new(op->session, &options, op->call_options, walk, &op->error);
    return made == PGAI_OK || exchange_mismatch(op->exchange, "the cursor %s: %s", cursor,
                                                op->error.message);
}

static bool play_pages(operation *op)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    const json_t *how = json_object_get(op->arguments, "resume");
    value_bytes cursor = value_bytes_new(json_object_get(op->arguments, "cursor"));
    pgai_walk *walk = NULL;
    pgai_walk_step end = PGAI_WALK_CALLS;
    size_t pages = 0;
    bool fits;

    options.start = value_number(json_object_get(op->arguments, "start"), PGAI_UNSET);
    options.limit = value_number(json_object_get(op->arguments, "limit"), PGAI_UNSET);
    options.deadline_ms = value_number(json_object_get(op->arguments, "deadline_ms"), 0);
    options.count = value_number(json_object_get(op->arguments, "count"), PGAI_UNSET);
    options.details = json_is_true(json_object_get(op->arguments, "details"));
    options.strict = json_is_true(json_object_get(op->arguments, "strict"));
    options.prefetch = prefetch_of(op);
    options.cursor = cursor.data;
    if (pgai_walk_new(op->session, &options, op->call_options, &walk, &op->error) !=
        PGAI_OK)
        fits = check_failure(op, &op->error, NULL);
    else
        fits = (!how || resume(op, how, &walk, &pages)) &&
               play_walk(op, walk, SIZE_MAX, &pages, &end) &&
               check_end(op, walk, pages, end);
    pgai_walk_free(walk);
    free(cursor.data);
    return fits;
}

static bool play_get_many(operation *op)
{
    pgai_get_many_options options = PGAI_GET_MANY_OPTIONS_INIT;
    const json_t *ids = json_object_get(op->arguments, "ids");
    size_t count = json_array_size(ids);
    value_bytes texts[MAX_IDS];
    const char *borrowed[MAX_IDS];
    pgai_walk *walk = NULL;
    pgai_walk_step end = PGAI_WALK_CALLS;
    size_t pages = 0;
    bool fits;

    value_demand(count <= MAX_IDS, "too many ids", ids);
    for (size_t i = 0; i < count; i++) {
        texts[i] = value_bytes_new(json_array_get(ids, i));
        borrowed[i] = texts[i].data;
    }
    options.deadline_ms = value_number(json_object_get(op->arguments, "deadline_ms"), 0);
    options.prefetch = prefetch_of(op);
    if (pgai_walk_new_get_many(op->session, borrowed, count, &options, op->call_options,
                               &walk, &op->error) != PGAI_OK)
        fits = check_failure(op, &op->error, NULL);
    else
        fits = play_walk(op, walk, SIZE_MAX, &pages, &end) &&
               check_end(op, walk, pages, end);
    pgai_walk_free(walk);
    for (size_t i = 0; i < count; i++)
        free(texts[i].data);
    return fits;
}

static bool play(operation *op, const json_t *call)
{
    static const struct {
        const char *name;
        bool (*play)(operation *op);
    } operations[] = {{"list", play_list},         {"get", play_get},
                      {"get_many", play_get_many}, {"create", play_create},
                      {"pages", play_pages},       {"request", play_request},
                      {"plan", play_plan}};

    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        op->arguments = json_object_get(call, operations[i].name);
        if (op->arguments)
            return operations[i].play(op);
    }
    value_demand(false, "there is no such call", call);
    return false;
}

bool operation_play(struct exchange *exchange, pgai_session *session,
                    const pgai_call_options *call_options, const json_t *entry,
                    const pgai_error *error)
{
    operation op = {exchange, session, call_options, NULL, NULL, PGAI_ERROR_INIT};
    bool fits;

    exchange->steps = json_object_get(entry, "steps");
    exchange->taken = 0;
    op.result = json_object_get(entry, "result");
    value_demand(op.result, "a call has a result", entry);
    if (!session)
        return check_failure(&op, error, NULL);
    fits = play(&op, json_object_get(entry, "call"));
    return events_finish(exchange, op.result) && fits;
}
