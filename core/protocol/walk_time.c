/* How long a walk took, and about how long it still takes. */
#include "protocol/page.h"
#include "protocol/session.h"
#include "protocol/time.h"
#include "protocol/walk.h"

/* A strict walk asks for this part of the pages more; docs/design/walking.md has why. */
enum { OVERLAP_PART = 5 };

/* How far a walk is. */
typedef struct progress {
    int64_t done;     /* contacts */
    int64_t left;     /* contacts; -1: not known */
    int64_t requests; /* for them that were not sent yet */
} progress;

/* Of the page whose contacts are fetched, how many came. */
static int64_t count_fetched(const pgai_walk *walk)
{
    return walk->details.page
               ? (int64_t)(walk->details.next - pgaii_plan_wanted(&walk->details.gets))
               : 0;
}

/* The position behind the last contact; -1: not known. */
static int64_t last_end(const pgai_walk *walk)
{
    if (walk->proves)
        return walk->strict.total;
    if (walk->total < 0 && walk->end < INT64_MAX)
        return walk->end;
    return pgaii_walk_known_end(walk);
}

static int64_t no_less(int64_t number)
{
    return number > 0 ? number : 0;
}

/* Requests for the pages behind a position, if none was sent yet. */
static int64_t count_pages(const pgai_walk *walk, int64_t contacts)
{
    int64_t limit = walk->proves ? walk->strict.most : walk->limit;
    int64_t pages = contacts / limit + (contacts % limit > 0);

    return walk->proves ? pages + (pages + OVERLAP_PART - 1) / OVERLAP_PART : pages;
}

/* A plain walk goes on behind a page when its contacts were fetched, a strict one before.
 */
static progress look(const pgai_walk *walk)
{
    int64_t place = walk->proves ? walk->strict.at : walk->position;
    int64_t end = last_end(walk);
    int64_t behind = no_less(end - place);
    int64_t fetched = count_fetched(walk);
    int64_t pending =
        walk->details.page && walk->proves ? (int64_t)walk->details.page->count : 0;
    progress found = {place - walk->first - pending + fetched, -1, 0};

    if (end < 0)
        return found;
    found.left = no_less(behind + pending - fetched);
    found.requests =
        no_less(count_pages(walk, behind) - (walk->details.page && !walk->proves) -
                (int64_t)pgaii_plan_sent(&walk->plan));
    if (walk->whole)
        found.requests = pgaii_add(
            found.requests,
            no_less(found.left - (int64_t)pgaii_plan_sent(&walk->details.gets)));
    return found;
}

/* As long as those before took. */
static int64_t time_at_pace(const progress *is, int64_t elapsed)
{
    double time = (double)elapsed * (double)is->left / (double)is->done;

    return time < (double)PGAII_LATEST_TIME ? (int64_t)time : PGAII_LATEST_TIME;
}

/* As long as the rate limit makes the requests wait. */
static int64_t time_paced(const pgai_walk *walk, const progress *is, int64_t now)
{
    int64_t ready = now;

    if (is->requests == 0)
        return 0;
    pgaii_session_lock(walk->session);
    ready = pgaii_pacer_peek_last(&walk->session->pacer, now, is->requests);
    pgaii_session_unlock(walk->session);
    return pgaii_time(ready - now);
}

static int64_t time_left(const pgai_walk *walk, int64_t now, int64_t elapsed)
{
    progress is;
    int64_t pace, paced;

    if (walk->state != PGAII_WALK_GOING)
        return walk->state == PGAII_WALK_COMPLETE ? 0 : -1;
    is = look(walk);
    if (is.left < 0 || is.done <= 0)
        return -1;
    pace = time_at_pace(&is, elapsed);
    paced = time_paced(walk, &is, now);
    return pace > paced ? pace : paced;
}

void pgaii_walk_time(const pgai_walk *walk, int64_t now, pgai_walk_stats *stats)
{
    int64_t until = now < walk->over_at ? now : walk->over_at;

    stats->elapsed_ms = walk->started ? no_less(until - walk->started_at) : 0;
    stats->time_left_ms = time_left(walk, now, stats->elapsed_ms);
}
