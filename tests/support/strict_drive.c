/* A strict walk that is driven over a list that changes: answers are made at any moment
 * while requests are in flight, and come in any order. */
#include "support/strict_drive.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"
#include "support/unit.h"

enum { MAX_PAGE = 128, MAX_TURNS = 10000000 };

/* What became of a request so far. */
typedef enum stage { SENT, MADE, CAME } stage;

typedef struct flying {
    pgaii_strict_request request;
    stage stage;
    pgaii_strict_answer answer;
    uint64_t hashes[MAX_PAGE];
} flying;

/* Requests, until their contacts were handed out or they are not needed. */
typedef struct air {
    flying all[2 * PGAII_STRICT_MAX_FLIGHT];
    size_t count;
} air;

strict_drive strict_drive_of(changing_list *list)
{
    return (strict_drive){
        .list = list, .limit = 50, .flight = 8, .remembered = PGAII_STRICT_REMEMBERED};
}

void strict_drive_answer(const changing_list *list, int64_t limit,
                         pgaii_strict_answer *answer, uint64_t *hashes)
{
    int64_t start = (answer->page - 1) * limit;

    answer->limit = limit;
    answer->total = (int64_t)list->count;
    answer->count = 0;
    for (int64_t i = start; i < (int64_t)list->count && i < start + limit; i++)
        hashes[answer->count++] = changing_list_hash(list->numbers[i]);
}

static void make_answer(strict_drive *drive, flying *at)
{
    changing_list *list = drive->list;
    int64_t limit = at->request.limit < list->most ? at->request.limit : list->most;

    if (drive->answers++ > 0 && drive->change)
        drive->change(drive);
    at->answer = (pgaii_strict_answer){.key = at->request.key, .page = at->request.page};
    strict_drive_answer(list, limit, &at->answer, at->hashes);
    if (drive->reshape)
        drive->reshape(drive, &at->answer, at->hashes);
    drive->front = (at->request.page - 1) * limit;
    at->stage = MADE;
}

static size_t count_at(const air *sky, stage at)
{
    size_t fitting = 0;

    for (size_t i = 0; i < sky->count; i++)
        fitting += sky->all[i].stage == at;
    return fitting;
}

/* One of the requests at that stage; NULL: there is none. */
static flying *pick(strict_drive *drive, air *sky, stage wanted)
{
    size_t fitting = count_at(sky, wanted);
    size_t chosen = 0;

    if (fitting == 0)
        return NULL;
    if (fitting > 1)
        chosen = changing_list_draw(drive->list, fitting);
    for (size_t i = 0;; i++) {
        if (sky->all[i].stage == wanted && chosen-- == 0)
            return &sky->all[i];
    }
}

/* Forget those that came and are not needed, save the one of a batch. */
static void sweep(strict_drive *drive, air *sky)
{
    size_t kept = 0;

    for (size_t i = 0; i < sky->count; i++) {
        const flying *at = &sky->all[i];

        if (at->stage != CAME || pgaii_strict_needs(&drive->walk, at->request.key))
            sky->all[kept++] = *at;
    }
    sky->count = kept;
}

static void send_wanted(strict_drive *drive, air *sky)
{
    pgaii_strict_request request;

    while (pgaii_strict_wanted(&drive->walk, &request)) {
        assert_true(sky->count < COUNT(sky->all));
        assert_true(request.page >= 1 && request.limit >= 1);
        sky->all[sky->count++] = (flying){.request = request};
    }
}

/* Make answers, and let one come. False: none is in flight. */
static bool let_come(strict_drive *drive, air *sky)
{
    flying *at;

    while (count_at(sky, SENT) > 0 &&
           (count_at(sky, MADE) == 0 || changing_list_draw(drive->list, 2) == 1))
        make_answer(drive, pick(drive, sky, SENT));
    at = pick(drive, sky, MADE);
    if (!at)
        return false;
    at->answer.hashes = at->hashes;
    assert_int_equal(pgaii_strict_feed(&drive->walk, &at->answer), PGAI_OK);
    at->stage = CAME;
    return true;
}

/* How often a contact was handed out. */
static int *seen_of(strict_drive *drive, int contact)
{
    size_t before = drive->seen_capacity;

    assert_in_range(contact, 0, drive->list->made - 1);
    assert_true(pgaii_grow((void **)&drive->seen, &drive->seen_capacity,
                           (size_t)contact + 1, sizeof(*drive->seen), 64));
    if (drive->seen_capacity > before)
        memset(&drive->seen[before], 0,
               (drive->seen_capacity - before) * sizeof(*drive->seen));
    return &drive->seen[contact];
}

/* Count the first contacts of a batch as handed out. */
static void hand_out(strict_drive *drive, const air *sky, const pgaii_strict_batch *batch,
                     size_t count)
{
    size_t at = 0;

    while (at < sky->count && sky->all[at].request.key != batch->key)
        at++;
    assert_true(at < sky->count);
    assert_true(batch->first + batch->count <= sky->all[at].answer.count);
    for (size_t i = 0; i < count; i++) {
        int contact = changing_list_number(sky->all[at].hashes[batch->first + i]);

        drive->doubles += (*seen_of(drive, contact))++ > 0;
        drive->handed++;
    }
}

/* Save the walk's place, which is inside the batch that came last, and go on from there.
 */
static void resume(strict_drive *drive, size_t used)
{
    pgaii_strict_place place;

    pgaii_strict_save(&drive->walk, used, &place);
    drive->requests += drive->walk.stats.requests;
    pgaii_strict_clear(&drive->walk);
    assert_int_equal(pgaii_strict_init(&drive->walk, 0, drive->flight, drive->remembered,
                                       drive->stop, &place),
                     PGAI_OK);
}

/* Take all that can be taken; whether the walk was resumed. */
static bool take_all(strict_drive *drive, const air *sky)
{
    pgaii_strict_batch batch;

    while (pgaii_strict_take(&drive->walk, &batch)) {
        int64_t left = (int64_t)drive->stop - drive->handed;

        assert_int_equal(batch.count, drive->walk.batch);
        if (drive->stop > 0 && left >= 0 && left < (int64_t)batch.count) {
            hand_out(drive, sky, &batch, (size_t)left);
            drive->stop = 0;
            resume(drive, (size_t)left);
            return true;
        }
        hand_out(drive, sky, &batch, batch.count);
    }
    return false;
}

void strict_drive_run(strict_drive *drive)
{
    air sky;

    sky.count = 0;
    drive->first_made = drive->list->made;
    assert_int_equal(pgaii_strict_init(&drive->walk, drive->limit, drive->flight,
                                       drive->remembered, 7, drive->place),
                     PGAI_OK);
    for (int turn = 0; drive->walk.state == PGAII_STRICT_GOING; turn++) {
        assert_true(turn < MAX_TURNS);
        send_wanted(drive, &sky);
        if (drive->walk.state == PGAII_STRICT_GOING)
            assert_true(let_come(drive, &sky));
        if (take_all(drive, &sky))
            sky.count = 0;
        sweep(drive, &sky);
    }
    drive->complete = drive->walk.state == PGAII_STRICT_COMPLETE;
    drive->why = drive->walk.why;
    drive->requests += drive->walk.stats.requests;
    for (int i = 0; i < drive->first_made; i++)
        drive->missed += !drive->list->gone[i] && *seen_of(drive, i) == 0;
    pgaii_strict_clear(&drive->walk);
    free(drive->seen);
}
