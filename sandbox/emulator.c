/* The service without its sockets: from a request that was read to its response. */
#include "sandbox/emulator.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/text.h"
#include "sandbox/clock.h"

enum {
    USUAL_PAGE_LIMIT = 50,  /* the documented maximum and, in the older text, default */
    USUAL_RATE_LIMIT = 60,  /* of the standard plan */
    MAX_PAGE_LIMIT = 100000 /* a page with this many is about 40 MB */
};

/* A number among the options; 0 means @p preset. */
static pgai_status read_option(const char *name, int64_t given, int64_t most,
                               int64_t preset, int64_t *out, pgai_error *error)
{
    if (given < 0 || given > most)
        return pgaii_fail(error, PGAI_USAGE,
                          "%s is %" PRId64 ", but must be from 0 to %" PRId64, name,
                          given, most);
    *out = given > 0 ? given : preset;
    return PGAI_OK;
}

static pgai_status init_service(pgaii_service *service,
                                const pgai_sandbox_options *options, pgai_error *error)
{
    int64_t contacts = 0;
    pgai_status status = read_option("contacts", options->contacts, PGAII_MAX_CONTACTS, 0,
                                     &contacts, error);

    if (status == PGAI_OK)
        status = read_option("max_limit", options->max_limit, MAX_PAGE_LIMIT,
                             USUAL_PAGE_LIMIT, &service->max_limit, error);
    if (status == PGAI_OK)
        status = read_option("page_limit", options->page_limit, MAX_PAGE_LIMIT,
                             USUAL_PAGE_LIMIT, &service->page_limit, error);
    if (status != PGAI_OK)
        return status;
    service->contacts = pgaii_contacts_new(options->seed, contacts);
    return service->contacts ? PGAI_OK : pgaii_fail_memory(error);
}

static pgai_status init_limiters(pgaii_emulator *emulator,
                                 const pgai_sandbox_options *options, pgai_error *error)
{
    const char *word = options->limiter ? options->limiter : "none";
    pgaii_limiter_kind kind = pgaii_limiter_find(word);
    int64_t limit = 0;
    pgai_status status = read_option("rate_limit", options->rate_limit, PGAII_MAX_LIMITER,
                                     USUAL_RATE_LIMIT, &limit, error);

    if (status == PGAI_OK && kind == PGAII_LIMITER_KINDS)
        status = pgaii_fail(error, PGAI_USAGE,
                            "there is no limiter \"%s\"; use fixed, fixed_first, "
                            "sliding, counter or bucket",
                            word);
    for (int i = 0; i < PGAII_KEY_COUNT && status == PGAI_OK; i++) {
        if (!pgaii_limiter_init(&emulator->limiters[i], kind, limit))
            status = pgaii_fail_memory(error);
    }
    return status;
}

pgai_status pgaii_emulator_init(pgaii_emulator *emulator,
                                const pgai_sandbox_options *options, pgai_error *error)
{
    pgai_status status;

    memset(emulator, 0, sizeof(*emulator));
    emulator->seed = options->seed;
    emulator->log_stderr = options->log_stderr != 0;
    pgaii_rules_init(&emulator->rules, options->seed);
    pgaii_sandbox_response_init(&emulator->exchange.response);
    pgaii_sandbox_response_init(&emulator->exchange.unasked);
    status = init_service(&emulator->service, options, error);
    if (status == PGAI_OK)
        status = init_limiters(emulator, options, error);
    if (status == PGAI_OK && !pgaii_log_init(&emulator->log))
        status = pgaii_fail_memory(error);
    if (status == PGAI_OK && options->faults)
        status = pgaii_rules_add(&emulator->rules, pgaii_text(options->faults), error);
    return status;
}

int64_t pgaii_emulator_now_ms(const pgaii_emulator *emulator)
{
    int64_t now = pgaii_clock_wall_ms() + emulator->offset_ms;

    return now < PGAII_MAX_CLOCK_MS ? now : PGAII_MAX_CLOCK_MS;
}

void pgaii_emulator_advance(pgaii_emulator *emulator, int64_t ms)
{
    int64_t left = PGAII_MAX_CLOCK_MS - pgaii_emulator_now_ms(emulator);

    if (ms > 0)
        emulator->offset_ms += ms < left ? ms : left;
}

static void start_exchange(pgaii_emulator *emulator, const pgaii_sandbox_request *request)
{
    pgaii_sandbox_exchange *exchange = &emulator->exchange;

    exchange->request = request;
    exchange->operation = request ? pgaii_service_operation(request) : PGAII_OTHER;
    exchange->contacts = emulator->service.contacts;
    exchange->now_ms = pgaii_emulator_now_ms(emulator);
    exchange->list = (pgaii_list_changes){0};
    exchange->answered = false;
    exchange->has_unasked = false;
    exchange->delivery = (pgaii_delivery)PGAII_DELIVERY_INIT;
    pgaii_sandbox_response_start(&exchange->response);
    exchange->response.date_ms = exchange->now_ms;
    exchange->response.request_id = 0;
}

uint64_t pgaii_emulator_accept(pgaii_emulator *emulator, pgaii_delivery *delivery)
{
    start_exchange(emulator, NULL);
    if (pgaii_rules_match(&emulator->rules, &emulator->exchange))
        pgaii_rules_apply(&emulator->rules, PGAII_AT_ACCEPT, &emulator->exchange);
    *delivery = emulator->exchange.delivery;
    return ++emulator->connections;
}

static void end_by_request(pgaii_sandbox_exchange *exchange)
{
    exchange->response.keep_alive = exchange->request->keep_alive;
    if (exchange->request->refused)
        exchange->delivery.ending = PGAII_END_LINGER;
    else if (!exchange->request->keep_alive)
        exchange->delivery.ending = PGAII_END_CLOSE;
}

static bool pass_limiter(pgaii_limiter *limiter, pgaii_sandbox_exchange *exchange)
{
    pgaii_rate_headers *rate = &exchange->response.rate;
    pgaii_limiter_decision decision = pgaii_limiter_take(limiter, exchange->now_ms);
    char seconds[24];

    rate->sent = decision.limit > 0;
    rate->limit = decision.limit;
    rate->remaining = decision.remaining;
    snprintf(rate->reset, sizeof(rate->reset), "%" PRId64,
             (decision.reset_ms + 999) / 1000);
    if (decision.allowed)
        return true;
    pgaii_sandbox_response_error(&exchange->response, 429, "Rate limit exceeded");
    snprintf(seconds, sizeof(seconds), "%" PRId64, (decision.wait_ms + 999) / 1000);
    pgaii_sandbox_response_header(&exchange->response, "Retry-After", seconds);
    return false;
}

/* No rule applies to a request that the limiter refuses, or that is not HTTP: rules count
 * what the service would have answered. */
static const pgaii_fault *answer_request(pgaii_emulator *emulator, pgaii_key key)
{
    pgaii_sandbox_exchange *exchange = &emulator->exchange;
    const pgaii_fault *fault;

    if (exchange->request->refused) {
        pgaii_sandbox_response_error(&exchange->response, exchange->request->refused,
                                     pgaii_reason(exchange->request->refused));
        return NULL;
    }
    if (!pass_limiter(&emulator->limiters[key], exchange))
        return NULL;
    fault = pgaii_rules_match(&emulator->rules, exchange);
    if (fault)
        pgaii_rules_apply(&emulator->rules, PGAII_AT_REQUEST, exchange);
    if (!exchange->answered)
        pgaii_service_answer(&emulator->service, key, exchange);
    if (fault && !exchange->answered && exchange->response.status < 300)
        pgaii_rules_apply(&emulator->rules, PGAII_AT_SUCCESS, exchange);
    if (fault)
        pgaii_rules_apply(&emulator->rules, PGAII_AT_RESPONSE, exchange);
    return fault;
}

void pgaii_emulator_begin(pgaii_emulator *emulator, const pgaii_sandbox_request *request)
{
    start_exchange(emulator, request);
    end_by_request(&emulator->exchange);
}

bool pgaii_emulator_deliver(pgaii_emulator *emulator, pgaii_buffer *out,
                            pgaii_delivery *delivery)
{
    pgaii_sandbox_exchange *exchange = &emulator->exchange;

    *delivery = exchange->delivery;
    if (!pgaii_sandbox_response_render(&exchange->response, out))
        return false;
    if (!exchange->has_unasked)
        return true;
    delivery->first = out->length;
    exchange->unasked.date_ms = exchange->response.date_ms;
    exchange->unasked.request_id = exchange->response.request_id;
    return pgaii_sandbox_response_render(&exchange->unasked, out);
}

bool pgaii_emulator_request(pgaii_emulator *emulator,
                            const pgaii_sandbox_request *request, uint64_t connection,
                            pgaii_buffer *out, pgaii_delivery *delivery)
{
    pgaii_sandbox_exchange *exchange = &emulator->exchange;
    pgaii_key key = pgaii_key_find(request->api_key);
    const pgaii_log_entry *entry;
    const pgaii_fault *fault;

    pgaii_emulator_begin(emulator, request);
    exchange->response.request_id = ++emulator->requests;
    fault = answer_request(emulator, key);
    entry = pgaii_log_add(&emulator->log, exchange, key, connection, fault);
    if (emulator->log_stderr)
        pgaii_log_print(entry);
    return pgaii_emulator_deliver(emulator, out, delivery);
}

void pgaii_emulator_reset(pgaii_emulator *emulator)
{
    pgaii_contacts_reset(emulator->service.contacts);
    for (int i = 0; i < PGAII_KEY_COUNT; i++)
        pgaii_limiter_reset(&emulator->limiters[i]);
    pgaii_rules_reset(&emulator->rules, emulator->seed);
    pgaii_log_reset(&emulator->log);
    emulator->offset_ms = 0;
    emulator->requests = 0;
    emulator->connections = 0;
}

void pgaii_emulator_clear(pgaii_emulator *emulator)
{
    pgaii_contacts_free(emulator->service.contacts);
    for (int i = 0; i < PGAII_KEY_COUNT; i++)
        pgaii_limiter_clear(&emulator->limiters[i]);
    pgaii_rules_clear(&emulator->rules);
    pgaii_log_clear(&emulator->log);
    pgaii_sandbox_response_clear(&emulator->exchange.response);
    pgaii_sandbox_response_clear(&emulator->exchange.unasked);
}
