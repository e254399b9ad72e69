/* A walk over all pages: what to ask next, and whether anything is missing. */
#include "protocol/walk.h"

#include <inttypes.h>
#include <stdlib.h>

#include "protocol/call.h"
#include "protocol/cursor.h"
#include "protocol/error.h"
#include "protocol/page.h"
#include "protocol/time.h"
#include "protocol/versioned.h"
#include "protocol/walk_strict.h"

/* A walk reads each page once, unless contacts move; twice as often and then some is a
 * loop. */
enum { READS_FACTOR = 2, READS_MARGIN = 10 };

static int64_t most_reads(const pgai_walk *walk)
{
    if (walk->total < 0)
        return INT64_MAX;
    return walk->total / walk->limit < INT64_MAX / (2 * READS_FACTOR)
               ? READS_FACTOR * (walk->total / walk->limit + 1) + READS_MARGIN
               : INT64_MAX;
}

static bool is_in_time(pgai_walk *walk, int64_t now)
{
    if (now < walk->deadline_at)
        return true;
    pgaii_fail(&walk->error, PGAI_TIMEOUT, "the deadline of %" PRId64 " ms has passed",
               walk->deadline_ms);
    walk->state = PGAII_WALK_BROKEN;
    return false;
}

/* Whether the walk may read one more page; if not, its error says why. */
static bool may_read(pgai_walk *walk, int64_t now)
{
    if (walk->reads >= most_reads(walk)) {
        pgaii_fail(&walk->error, PGAI_DECODE,
                   "%" PRId64 " pages were read for %" PRId64
                   " contacts: the service seems to repeat pages",
                   walk->reads, walk->total);
        pgaii_walk_end_inconsistent(walk);
    }
    return walk->state == PGAII_WALK_GOING && is_in_time(walk, now);
}

/* The page that holds the position. */
static int64_t next_page(const pgai_walk *walk)
{
    return pgaii_add(walk->position / walk->limit, 1);
}

static pgai_call_options options_of_calls(const pgai_walk *walk, int64_t now)
{
    pgai_call_options call_options = walk->call_options;

    if (walk->deadline_at - now < call_options.deadline_ms)
        call_options.deadline_ms = walk->deadline_at - now;
    return call_options;
}

/* Ask for a page, which the plan knows by a number. */
static pgai_status
ask_as(pgai_walk *walk, int64_t number, int64_t page, int64_t limit, int64_t now)
{
    pgai_call_options call_options = options_of_calls(walk, now);
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgai_call *call = NULL;
    pgai_status status;

    options.page = page;
    options.limit = limit;
    if (walk->ids)
        status = pgai_call_new_get(walk->session, walk->ids[page - 1], &call_options,
                                   &call, &walk->error);
    else
        status = pgai_call_new_list(walk->session, &options, &call_options, &call,
                                    &walk->error);
    if (status != PGAI_OK)
        return status;
    return pgaii_plan_add(&walk->plan, call, number, walk->deadline_at, &walk->error);
}

static pgai_status ask(pgai_walk *walk, int64_t page, int64_t now)
{
    walk->asked_limit = walk->limit;
    return ask_as(walk, page, page, walk->limit, now);
}

/* Whether page @p page has contacts of the walk, as far as is known. */
static bool is_page(const pgai_walk *walk, int64_t page)
{
    int64_t end = pgaii_walk_known_end(walk);

    return end / walk->limit >= page - 1 && end > (page - 1) * walk->limit;
}

/* Ask for the windows that a strict walk wants. */
static void plan_windows(pgai_walk *walk, int64_t now)
{
    pgaii_strict_request wanted;

    while (walk->state == PGAII_WALK_GOING && walk->error.status == PGAI_OK &&
           pgaii_strict_wanted(&walk->strict, &wanted)) {
        if (is_in_time(walk, now) &&
            ask_as(walk, (int64_t)wanted.key, wanted.page, wanted.limit, now) != PGAI_OK)
            walk->state = PGAII_WALK_BROKEN;
    }
}

/* Ask ahead for the pages behind those that were asked for. What cannot be asked for yet
 * is asked for when its turn comes. The first is asked for alone, since it tells the rate
 * limit. */
static void plan_ahead(pgai_walk *walk, int64_t now)
{
    size_t most = walk->whole || walk->reads == 0 ? 1 : walk->open;

    if (walk->proves)
        plan_windows(walk, now);
    while (!walk->proves && pgaii_plan_wanted(&walk->plan) < most &&
           now < walk->deadline_at) {
        const pgaii_asked *tail = pgaii_plan_tail(&walk->plan);
        int64_t page = tail ? tail->number + 1 : next_page(walk);

        if ((!tail && pgaii_plan_head(&walk->plan)) || !is_page(walk, page) ||
            ask(walk, page, now) != PGAI_OK)
            break;
    }
}

static pgai_call *first_call(pgai_walk *walk)
{
    return walk->proves ? pgaii_walk_strict_first(walk)
                        : pgaii_plan_head(&walk->plan)->call;
}

/* See to it that the next page is asked for; it is waited for from now on. */
static pgai_walk_step plan(pgai_walk *walk, int64_t now)
{
    if (!walk->proves && !pgaii_plan_head(&walk->plan) && may_read(walk, now) &&
        ask(walk, next_page(walk), now) != PGAI_OK)
        walk->state = PGAII_WALK_BROKEN;
    plan_ahead(walk, now);
    if (walk->proves && walk->strict.state == PGAII_STRICT_LOST)
        pgaii_walk_strict_end(walk);
    if (walk->state == PGAII_WALK_BROKEN)
        return PGAI_WALK_FAILED;
    pgaii_call_lead(first_call(walk), now);
    return PGAI_WALK_CALLS;
}

/* Requests that a service in trouble gets ahead are for nothing: after a page that was
 * asked for again, half as many, and one more after each that was not. */
static void adapt_window(pgai_walk *walk, bool repeated)
{
    if (repeated)
        walk->open = (walk->open + 1) / 2;
    else if (walk->open < walk->window)
        walk->open++;
}

/* Take a page in, and return it, if it has contacts to be returned. */
static void take_page(pgai_walk *walk, pgai_page *page, pgai_page **out)
{
    if (walk->proves ? pgaii_walk_strict_count(walk, page)
                     : pgaii_walk_absorb(walk, page)) {
        *out = page;
        return;
    }
    if (walk->state == PGAII_WALK_BROKEN)
        walk->response = pgai_page_take_response(page);
    pgai_page_free(page);
}

/* The next call is over: take its page in, or fetch its contacts first. */
static void settle(pgai_walk *walk, const pgaii_asked *head, pgai_page **out)
{
    pgai_page *page = walk->ids ? pgaii_walk_take_many(walk, head->call)
                                : pgai_call_take_page(head->call);
    bool beyond;

    walk->page = head->number;
    walk->reads++;
    walk->requests = head->call->stats.requests;
    adapt_window(walk, walk->requests > 1);
    beyond = !page && head->call->error.status == PGAI_NOT_FOUND && walk->page > 1 &&
             walk->total < 0;
    if (!page && !beyond) {
        walk->error = head->call->error;
        walk->response = pgai_call_take_response(head->call);
    }
    pgaii_plan_shift(&walk->plan, &walk->stats);
    if (beyond)
        pgaii_walk_absorb_nothing(walk);
    else if (!page)
        walk->state = PGAII_WALK_BROKEN;
    else if (walk->ids)
        *out = page;
    else if (walk->whole)
        pgaii_details_begin(&walk->details, page, pgaii_walk_first_wanted(walk, page));
    else
        take_page(walk, page, out);
}

/* Calls that were planned by what was known before, and are not the next pages. */
static void drop_misplaced(pgai_walk *walk, int64_t now)
{
    const pgaii_asked *head = pgaii_plan_head(&walk->plan);

    if (!walk->proves && head &&
        (walk->state != PGAII_WALK_GOING || pgaii_walk_is_complete(walk) ||
         head->number != next_page(walk) || walk->asked_limit != walk->limit))
        pgaii_plan_drop_all(&walk->plan, now, &walk->stats);
}

/* Take in the contacts of a page, and ask for more of them. The page is returned when all
 * are there. */
static void fetch_details(pgai_walk *walk, int64_t now, pgai_page **out)
{
    pgai_call_options options = options_of_calls(walk, now);
    int64_t retries = walk->stats.retries;
    pgaii_details_step step =
        pgaii_details_take(&walk->details, &walk->stats, &walk->error);

    adapt_window(walk, walk->stats.retries > retries);
    if (step == PGAII_DETAILS_WHOLE) {
        take_page(walk, pgaii_details_give(&walk->details), out);
        return;
    }
    if (step == PGAII_DETAILS_FAILED)
        walk->response =
            pgai_call_take_response(pgaii_plan_head(&walk->details.gets)->call);
    if (step == PGAII_DETAILS_FAILED ||
        (is_in_time(walk, now) &&
         pgaii_details_ask(&walk->details, walk->open, walk->session, &options,
                           walk->deadline_at, &walk->error) != PGAI_OK))
        walk->state = PGAII_WALK_BROKEN;
}

/* Take in what is over of a strict walk. @return false: nothing comes of it. */
static bool take_window(pgai_walk *walk, int64_t now, pgai_page **out)
{
    pgai_page *page = pgaii_walk_strict_take(walk, now);

    if (page && walk->whole)
        pgaii_details_begin(&walk->details, page, 0);
    else if (page)
        take_page(walk, page, out);
    return page != NULL;
}

/* Take in what is over. @return whether more may follow at once. */
static bool take_in(pgai_walk *walk, int64_t now, pgai_page **out)
{
    const pgaii_asked *head = pgaii_plan_head(&walk->plan);

    if (walk->details.page) {
        fetch_details(walk, now, out);
        head = pgaii_plan_head(&walk->details.gets);
        if (walk->details.page && head) {
            pgaii_call_lead(head->call, now);
            return false;
        }
    } else if (walk->proves) {
        if (!take_window(walk, now, out))
            return false;
    } else if (head && head->call->told) {
        settle(walk, head, out);
    } else {
        return false;
    }
    drop_misplaced(walk, now);
    return !*out;
}

static void start(pgai_walk *walk, int64_t now)
{
    walk->started = true;
    walk->started_at = now;
    walk->deadline_at =
        walk->deadline_ms > 0 ? pgaii_add(now, walk->deadline_ms) : INT64_MAX;
}

static pgai_walk_step next(pgai_walk *walk, int64_t now, pgai_page **page)
{
    pgaii_plan_sweep(&walk->plan, &walk->stats);
    while (walk->state == PGAII_WALK_GOING && take_in(walk, now, page))
        ;
    if (*page && !pgaii_walk_is_complete(walk))
        plan_ahead(walk, now);
    if (*page)
        return PGAI_WALK_PAGE;
    if (walk->state == PGAII_WALK_GOING && walk->details.page)
        return PGAI_WALK_CALLS;
    if (walk->state == PGAII_WALK_GOING && pgaii_walk_is_complete(walk))
        walk->state = PGAII_WALK_COMPLETE;
    if (walk->state == PGAII_WALK_BROKEN)
        return PGAI_WALK_FAILED;
    return walk->state == PGAII_WALK_COMPLETE ? PGAI_WALK_DONE : plan(walk, now);
}

pgai_walk_step pgai_walk_next(pgai_walk *walk, int64_t now_ms, pgai_page **page)
{
    int64_t now = pgaii_time(now_ms);
    pgai_walk_step step;

    *page = NULL;
    if (!walk->started)
        start(walk, now);
    step = next(walk, now, page);
    if (walk->state != PGAII_WALK_GOING && walk->over_at == INT64_MAX)
        walk->over_at = now;
    return step;
}

pgai_call *pgai_walk_call(pgai_walk *walk, size_t index)
{
    return pgaii_plan_call(walk->details.page ? &walk->details.gets : &walk->plan, index);
}

const pgai_error *pgai_walk_error(const pgai_walk *walk)
{
    return &walk->error;
}

const pgai_response *pgai_walk_response(const pgai_walk *walk)
{
    return walk->response;
}

static void plain_cursor(const pgai_walk *walk, size_t used, pgaii_cursor *out)
{
    int64_t total = pgaii_walk_known_total(walk);

    *out = (pgaii_cursor){.position = walk->position,
                          .limit = walk->limit,
                          .seam = {walk->last},
                          .total = total <= PGAII_MAX_POSITION ? total : -1,
                          .sign = (int)walk->sign,
                          .end = walk->end <= PGAII_MAX_POSITION ? walk->end : -1};
    if (used < walk->handed_count) {
        out->position = walk->handed_base + (int64_t)walk->handed[used].index;
        out->seam[0] = used > 0 ? walk->handed[used - 1].hash : walk->handed_last;
    }
}

void pgai_walk_cursor(const pgai_walk *walk, size_t used, char out[PGAI_CURSOR_SIZE])
{
    pgaii_cursor cursor;

    out[0] = '\0';
    if (walk->ids)
        return;
    if (walk->proves)
        pgaii_walk_strict_cursor(walk, used, &cursor);
    else
        plain_cursor(walk, used, &cursor);
    pgaii_cursor_write(&cursor, out);
}

/* Why not all contacts were returned, as far as is known; NULL: there is no sign of it.
 */
static const char *find_reason(const pgai_walk *walk)
{
    static const char *const signs[PGAII_SIGNS] = {
        [PGAII_SIGN_FELL] = "the total fell during the walk: contacts after deleted ones "
                            "moved forward, and may have been skipped",
        [PGAII_SIGN_BEYOND] = "a page had contacts beyond its own total",
        [PGAII_SIGN_PASSED] = "fewer contacts came than the service counts: pages were "
                              "short, or contacts came twice in place of others",
        [PGAII_SIGN_MOVED] =
            "the contact before the cursor has moved: others may have been skipped",
    };

    if (walk->proves && walk->strict.state == PGAII_STRICT_LOST)
        return pgaii_walk_strict_reason(walk);
    if (walk->sign != PGAII_SIGN_NONE)
        return signs[walk->sign];
    if (walk->state == PGAII_WALK_BROKEN)
        return "the walk ended with an error";
    if (walk->state == PGAII_WALK_GOING)
        return "the walk is not finished";
    return NULL;
}

void pgai_walk_stats_get(const pgai_walk *walk, int64_t now_ms, pgai_walk_stats *out)
{
    pgai_walk_stats stats = walk->stats;

    pgaii_plan_spent(&walk->plan, &stats);
    pgaii_plan_spent(&walk->details.gets, &stats);
    stats.incomplete_reason = find_reason(walk);
    stats.complete = stats.incomplete_reason ? 0 : walk->proves || walk->ids ? 1 : -1;
    pgaii_walk_time(walk, pgaii_time(now_ms), &stats);
    pgaii_versioned_write(out, &stats, sizeof(stats));
}

void pgai_walk_free(pgai_walk *walk)
{
    if (!walk)
        return;
    pgaii_plan_clear(&walk->plan);
    pgaii_details_clear(&walk->details);
    pgaii_strict_clear(&walk->strict);
    pgaii_seen_clear(&walk->seen);
    pgai_response_free(walk->response);
    free(walk->handed);
    free(walk->ids);
    free(walk);
}
