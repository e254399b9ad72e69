/* A call: what to do next, until it has a result or an error. */
#include "protocol/call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/event.h"
#include "protocol/incoming.h"
#include "protocol/memory.h"
#include "protocol/page.h"
#include "protocol/parts.h"
#include "protocol/session.h"
#include "protocol/text.h"
#include "protocol/time.h"

/* If a limiter refuses this often in a row, waiting does not help. */
enum { MAX_LIMITED = 10 };

/* Waits after a 429 differ by up to this much, so that callers that were refused together
 * do not return together. */
enum { LIMITED_JITTER_MS = 1000 };

/* The call is over with what its error holds already. */
static void end_failed(pgai_call *call)
{
    call->state = PGAII_CALL_FAILED;
    call->error.requests = call->stats.requests;
    call->error.outcome_unknown = call->error.status == PGAI_OUTCOME_UNKNOWN;
    if (call->error.http_status == 429 && call->error.status == PGAI_RATE_LIMITED &&
        call->error.retry_after_ms > 0)
        pgaii_error_advise(&call->error, "try again in %" PRId64 " s",
                           (call->error.retry_after_ms + 999) / 1000);
}

/* Of the attempt that is over; NULL: none came. The first one stays beside it. */
static void replace_response(pgai_call *call, pgai_response *response)
{
    if (call->response != call->first_response)
        pgai_response_free(call->response);
    call->response = response;
}

/* There is no time left: report what went wrong first, since the later attempts may have
 * failed only for lack of time. */
static void end_out_of_time(pgai_call *call)
{
    if (call->first.status != PGAI_OK) {
        call->error = call->first;
        replace_response(call, call->first_response);
    } else {
        pgaii_fail(&call->error, PGAI_TIMEOUT,
                   "the deadline of %" PRId64 " ms has passed",
                   call->options.deadline_ms);
    }
    end_failed(call);
}

static void end_before_wait(pgai_call *call, int64_t wait_ms)
{
    const pgai_call_options *options = &call->options;
    bool long_wait = wait_ms > options->max_wait_ms;
    const char *option = long_wait ? "max_wait" : "deadline";

    if (call->error.status == PGAI_OK)
        pgaii_fail(&call->error, PGAI_RATE_LIMITED,
                   "the rate limit allows the next request in %" PRId64
                   " ms: the wait %s %s (%" PRId64 " ms); try again then, or raise %s",
                   wait_ms, long_wait ? "exceeds" : "would pass", option,
                   long_wait ? options->max_wait_ms : options->deadline_ms, option);
    call->error.retry_after_ms = wait_ms;
    end_failed(call);
}

static void count_wait(pgai_call *call, int64_t now)
{
    if (call->waiting_since >= 0 && !call->ahead)
        call->stats.waited_ms[call->wait_cause] += now - call->waiting_since;
    call->waiting_since = -1;
}

static pgai_step
wait_until(pgai_call *call, int64_t now, int64_t until, pgai_wait_cause cause)
{
    call->wait_until = until;
    call->wait_cause = cause;
    call->waiting_since = now;
    if (!call->ahead)
        pgaii_note_wait(call, now, until, cause);
    return PGAI_STEP_WAIT;
}

static pgai_step send_now(pgai_call *call, int64_t now)
{
    int64_t left = call->deadline_at - now;
    pgai_request *request = &call->request.view;

    request->timeout_ms =
        call->options.timeout_ms < left ? call->options.timeout_ms : left;
    request->connect_timeout_ms = call->options.connect_timeout_ms < request->timeout_ms
                                      ? call->options.connect_timeout_ms
                                      : request->timeout_ms;
    call->state = PGAII_CALL_OUT;
    call->taken = false;
    call->attempts++;
    call->stats.requests++;
    pgaii_note_request(call, now);
    return PGAI_STEP_SEND;
}

/* When the pacer lets the request leave; if that is now, it counts as sent. */
static int64_t take_turn(pgai_call *call, int64_t now)
{
    pgai_session *session = call->session;
    int64_t ready = now;

    pgaii_session_lock(session);
    if (!call->options.no_pacing)
        ready = pgaii_pacer_ready_at(&session->pacer, now);
    if (ready <= now) {
        pgaii_pacer_sent(&session->pacer, now);
        call->sent_at = now;
    }
    pgaii_session_unlock(session);
    return ready;
}

static pgai_step try_to_send(pgai_call *call, int64_t now)
{
    int64_t ready;

    if (now >= call->deadline_at) {
        end_out_of_time(call);
        return PGAI_STEP_FAILED;
    }
    if (call->held)
        return wait_until(call, now, call->deadline_at, call->wait_cause);
    if (now < call->not_before)
        return wait_until(call, now, call->not_before, call->wait_cause);
    ready = take_turn(call, now);
    if (ready <= now)
        return send_now(call, now);
    if (!call->ahead &&
        (ready - now > call->options.max_wait_ms || ready >= call->deadline_at)) {
        end_before_wait(call, ready - now);
        return PGAI_STEP_FAILED;
    }
    return wait_until(call, now, ready, PGAI_WAIT_PACING);
}

/* What was asked may have been done. What went wrong stays in the message, and what the
 * service answered in http_status. */
static void end_uncertain(pgai_call *call)
{
    pgai_error cause = call->error;

    pgaii_fail(&call->error, PGAI_OUTCOME_UNKNOWN,
               "%s: %s. It was not sent again: check whether %s before you retry",
               call->expected.operation->unknown, cause.message,
               call->expected.operation->done);
    call->error.http_status = cause.http_status;
    memcpy(call->error.code, cause.code, sizeof(cause.code));
    memcpy(call->error.request_id, cause.request_id, sizeof(cause.request_id));
    memcpy(call->error.details, cause.details, sizeof(cause.details));
    end_failed(call);
}

static bool budget_take(pgai_session *session)
{
    bool taken;

    pgaii_session_lock(session);
    taken = pgaii_budget_take(&session->budget);
    pgaii_session_unlock(session);
    return taken;
}

/* Wait @p wait ms before the next attempt, unless the deadline comes first. */
static void schedule(pgai_call *call, int64_t now, int64_t wait, pgai_wait_cause cause)
{
    if (!call->ahead && pgaii_add(now, wait) >= call->deadline_at) {
        end_out_of_time(call);
        return;
    }
    call->not_before = now + wait;
    call->wait_cause = cause;
    call->state = PGAII_CALL_READY;
    pgaii_note_retry(call, wait, cause);
}

static int64_t next_backoff(pgai_call *call, int64_t base)
{
    pgai_session *session = call->session;

    pgaii_session_lock(session);
    call->backoff_ms = pgaii_backoff(&session->random, base, call->backoff_ms);
    pgaii_session_unlock(session);
    return call->backoff_ms;
}

static void try_again(pgai_call *call, int64_t now, int64_t at_least)
{
    int64_t wait;

    call->limited = 0;
    if (call->attempts >= call->options.max_attempts ||
        at_least > call->options.max_wait_ms ||
        (!call->ahead && !budget_take(call->session))) {
        end_failed(call);
        return;
    }
    call->held = call->ahead;
    wait = next_backoff(call, PGAII_BACKOFF_MS);
    schedule(call, now, wait > at_least ? wait : at_least, PGAI_WAIT_BACKOFF);
}

/* How long a 429 asks to wait, by its headers; -1: they do not say. */
static int64_t limited_wait(const pgaii_headers *headers)
{
    if (headers->retry_after_ms >= 0)
        return headers->retry_after_ms;
    return headers->reset_ms >= 0 ? headers->reset_ms + 1000 : -1;
}

static int64_t jitter(pgai_session *session)
{
    int64_t extra;

    pgaii_session_lock(session);
    extra = pgaii_random_between(&session->random, 0, LIMITED_JITTER_MS);
    pgaii_session_unlock(session);
    return extra;
}

/* Refused by the limiter: it does not count as an attempt, since the service did nothing.
 * But max_attempts 1 means one request. */
static void wait_for_limiter(pgai_call *call, int64_t now, int64_t asked)
{
    bool alone = call->options.max_attempts == 1;
    int64_t wait = asked;

    call->attempts--;
    call->limited++;
    if (wait < 0)
        wait = next_backoff(call, PGAII_LIMITED_MS);
    call->error.retry_after_ms = wait;
    if (alone || call->limited > MAX_LIMITED || wait > call->options.max_wait_ms) {
        end_failed(call);
        return;
    }
    schedule(call, now, wait + jitter(call->session), PGAI_WAIT_LIMITED);
}

/* The attempt is over and call->error says how; decide what follows. */
static void
settle(pgai_call *call, int64_t now, pgaii_verdict verdict, int64_t wait_asked)
{
    if (call->first.status == PGAI_OK) {
        call->first = call->error;
        call->first_response = call->response;
    }
    switch (verdict) {
    case PGAII_AGAIN:
        try_again(call, now, wait_asked);
        break;
    case PGAII_LIMITED:
        wait_for_limiter(call, now, wait_asked);
        break;
    case PGAII_UNCERTAIN:
        end_uncertain(call);
        break;
    case PGAII_FINAL:
    default:
        end_failed(call);
        break;
    }
}

/* Tell the pacer and the budget, which all calls of the session share. */
static void report_response(pgai_call *call, int64_t now, const pgaii_headers *headers,
                            int http_status)
{
    pgai_session *session = call->session;
    int64_t hold = -1;

    if (http_status == 429) {
        hold = limited_wait(headers);
        hold = hold >= 0 ? hold : PGAII_LIMITED_MS;
    }
    pgaii_session_lock(session);
    pgaii_pacer_answered(&session->pacer, call->sent_at, now, headers, hold);
    if (http_status >= 200 && http_status <= 299)
        pgaii_budget_give(&session->budget);
    pgaii_session_unlock(session);
}

static void
keep_request_id(pgai_call *call, const pgaii_headers *headers, int http_status)
{
    call->error.http_status = http_status;
    pgaii_error_text(call->error.request_id, sizeof(call->error.request_id),
                     headers->request_id, call->session->key);
}

static bool has_shape(const pgai_call *call, pgaii_shape shape)
{
    return call->expected.operation->shape == shape;
}

static pgai_response *bare(const pgai_call *call, const pgai_response *response)
{
    return pgaii_response_copy(response, (pgai_text){NULL, 0}, call->session->key);
}

static pgai_status describe_page(pgai_call *call, const pgai_response *response)
{
    call->page->requests = call->stats.requests;
    call->page->response = bare(call, response);
    if (call->page->response)
        return PGAI_OK;
    pgai_page_free(call->page);
    call->page = NULL;
    return pgaii_fail_memory(&call->error);
}

static pgai_status
read_result(pgai_call *call, const pgai_response *response, pgaii_buffer *body)
{
    if (has_shape(call, PGAII_ANY_JSON))
        return pgaii_response_keep(&call->expected, response,
                                   (pgai_text){body->data, body->length}, &call->response,
                                   &call->error);
    if (pgaii_response_read(&call->expected, response->status, body, &call->page,
                            &call->error) != PGAI_OK)
        return call->error.status;
    return has_shape(call, PGAII_A_PAGE) ? describe_page(call, response) : PGAI_OK;
}

void pgaii_call_feed_take(pgai_call *call, int64_t now_ms, const pgai_response *response,
                          pgaii_buffer *body)
{
    int64_t now = pgaii_time(now_ms);
    pgaii_headers headers;
    pgaii_verdict verdict;
    size_t bytes = body->length;
    int64_t wait = -1;

    if (call->state != PGAII_CALL_OUT)
        return;
    replace_response(call, NULL);
    pgaii_headers_read(&headers, response->headers, response->header_count);
    report_response(call, now, &headers, response->status);
    verdict = pgaii_judge_response(response->status, call->request.view.once);
    if (response->status >= 200 && response->status <= 299) {
        if (read_result(call, response, body) == PGAI_OK) {
            call->state = PGAII_CALL_DONE;
            pgaii_note_response(call, now, &headers, response->status, bytes, PGAI_OK);
            if (has_shape(call, PGAII_A_PAGE))
                pgaii_note_page(call);
            return;
        }
        if (call->error.status == PGAI_NO_MEMORY && verdict == PGAII_AGAIN)
            verdict = PGAII_FINAL;
    } else {
        pgaii_response_error(&call->expected, response->status, &headers,
                             (pgai_text){body->data, body->length}, &call->error);
        wait = response->status == 429 ? limited_wait(&headers) : headers.retry_after_ms;
    }
    if (wait >= 0)
        call->error.retry_after_ms = wait;
    keep_request_id(call, &headers, response->status);
    replace_response(call, bare(call, response));
    pgaii_note_response(call, now, &headers, response->status, bytes, call->error.status);
    settle(call, now, verdict, wait);
}

void pgai_call_feed(pgai_call *call, int64_t now_ms, const pgai_response *response)
{
    pgaii_buffer body;

    if (call->state != PGAII_CALL_OUT)
        return;
    pgaii_buffer_init(&body, PGAII_MAX_BODY_BYTES);
    if (pgaii_buffer_add(&body, response->body.data, response->body.length)) {
        pgaii_call_feed_take(call, now_ms, response, &body);
    } else {
        pgai_failure failure = {body.over ? PGAI_TOO_LARGE : PGAI_NO_MEMORY, 1, 1, NULL};

        pgai_call_fail(call, now_ms, &failure);
    }
    pgaii_buffer_clear(&body);
}

void pgai_call_fail(pgai_call *call, int64_t now_ms, const pgai_failure *failure)
{
    pgai_session *session = call->session;
    int64_t now = pgaii_time(now_ms);

    if (call->state != PGAII_CALL_OUT)
        return;
    pgaii_session_lock(session);
    pgaii_pacer_failed(&session->pacer, call->sent_at, now, failure->sent);
    pgaii_session_unlock(session);
    pgaii_error_init(&call->error);
    call->error.status = failure->status;
    pgaii_error_text(call->error.message, sizeof(call->error.message),
                     pgaii_text(failure->message ? failure->message
                                                 : pgai_status_text(failure->status)),
                     session->key);
    replace_response(call, NULL);
    pgaii_note_response(call, now, NULL, 0, 0, failure->status);
    settle(call, now, pgaii_judge_failure(failure, call->request.view.once), -1);
}

void pgai_call_cancel(pgai_call *call, int64_t now_ms, pgai_status status)
{
    pgai_failure failure = {status, 1, 1, NULL};

    if (call->state == PGAII_CALL_OUT) {
        pgai_call_fail(call, now_ms, &failure);
    } else if (call->state == PGAII_CALL_READY) {
        count_wait(call, pgaii_time(now_ms));
        pgaii_fail(&call->error, status, "%s", pgai_status_text(status));
        replace_response(call, NULL);
        end_failed(call);
    }
}

/* A request is in flight: its response has not come. */
static pgai_step await_response(pgai_call *call, int64_t now)
{
    const pgai_failure late = {.status = PGAI_TIMEOUT, .sent = call->taken};

    if (now < call->deadline_at)
        return call->taken ? PGAI_STEP_RESPONSE : PGAI_STEP_SEND;
    pgai_call_fail(call, now, &late);
    return PGAI_STEP_FAILED;
}

static void start_deadline(pgai_call *call, int64_t now)
{
    int64_t at = pgaii_add(now, call->options.deadline_ms);

    call->deadline_at = at < call->end_at ? at : call->end_at;
}

void pgaii_call_lead(pgai_call *call, int64_t now)
{
    if (!call->ahead)
        return;
    call->ahead = false;
    if (call->waiting_since >= 0)
        call->waiting_since = now;
    if (call->state == PGAII_CALL_READY)
        start_deadline(call, now);
    call->held = false;
}

void pgaii_call_begin(pgai_call *call, int64_t now_ms)
{
    if (!call->started)
        start_deadline(call, pgaii_time(now_ms));
    call->started = true;
}

static pgai_step next_step(pgai_call *call, int64_t now)
{
    pgaii_call_begin(call, now);
    if (call->ahead && call->state == PGAII_CALL_READY)
        start_deadline(call, now);
    switch (call->state) {
    case PGAII_CALL_READY:
        count_wait(call, now);
        return try_to_send(call, now);
    case PGAII_CALL_OUT:
        return await_response(call, now);
    case PGAII_CALL_DONE:
        return PGAI_STEP_DONE;
    case PGAII_CALL_FAILED:
    default:
        return PGAI_STEP_FAILED;
    }
}

pgai_step pgai_call_next(pgai_call *call, int64_t now_ms)
{
    pgai_step step = next_step(call, pgaii_time(now_ms));

    call->told = step >= PGAI_STEP_DONE;
    return step;
}

const pgai_request *pgai_call_request(pgai_call *call)
{
    call->taken = true;
    return &call->request.view;
}

int64_t pgai_call_wait_until(const pgai_call *call)
{
    return call->wait_until;
}

pgai_wait_cause pgai_call_wait_cause(const pgai_call *call)
{
    return call->wait_cause;
}

pgai_page *pgai_call_take_page(pgai_call *call)
{
    pgai_page *page =
        has_shape(call, PGAII_A_PAGE) && call->parts == 0 ? call->page : NULL;

    if (page)
        call->page = NULL;
    return page;
}

int pgai_call_part(const pgai_call *call, size_t index, pgai_part *out)
{
    return call->parts > 0 && call->page &&
           pgaii_parts_cut(call->page, call->limit, call->parts, index, out);
}

pgai_contact *pgai_call_take_contact(pgai_call *call)
{
    pgai_page *page = has_shape(call, PGAII_A_CONTACT) ? call->page : NULL;

    if (!page)
        return NULL;
    call->page = NULL;
    return &page->contacts[0];
}

pgai_response *pgai_call_take_response(pgai_call *call)
{
    pgai_response *response = call->response;

    if (response == call->first_response)
        call->first_response = NULL;
    call->response = NULL;
    return response;
}

const pgai_error *pgai_call_error(const pgai_call *call)
{
    return &call->error;
}

int pgai_call_requests(const pgai_call *call)
{
    return call->stats.requests;
}

void pgai_call_free(pgai_call *call)
{
    if (!call)
        return;
    if (call->state == PGAII_CALL_OUT) {
        pgaii_session_lock(call->session);
        pgaii_pacer_failed(&call->session->pacer, call->sent_at,
                           call->session->pacer.last_sent, true);
        pgaii_session_unlock(call->session);
    }
    pgaii_request_clear(&call->request);
    pgai_page_free(call->page);
    replace_response(call, NULL);
    pgai_response_free(call->first_response);
    pgaii_notes_free(call->notes);
    free(call->id);
    free(call);
}
