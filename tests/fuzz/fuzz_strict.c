/* Answers of any numbers and ids to a strict walk: it ends, or has a request to send, and
 * what it hands out stands in a response that it needed. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "protocol/strict.h"

enum { MAX_SENT = 64, MAX_CONTACTS = 60 };

/* What is left of the input; 0 where it is over. */
typedef struct input {
    const uint8_t *data;
    size_t size;
} input;

static uint8_t draw(input *in)
{
    if (in->size == 0)
        return 0;
    in->size--;
    return *in->data++;
}

/* A number as it should be, or near it, or any. */
static int64_t draw_number(input *in, int64_t right)
{
    static const int64_t odd[] = {
        -1, 0, 1, INT64_MIN, INT64_MAX, INT32_MAX, 1000000, 1000001, 999999999999999999};
    uint8_t how = draw(in);

    if (how < 200)
        return right;
    if (how < 220)
        return right + draw(in) - 128;
    return odd[how % (sizeof(odd) / sizeof(odd[0]))];
}

typedef struct sent {
    pgaii_strict_request request;
    bool came;
    size_t count; /* contacts of its response */
} sent;

static sent *find(sent *all, size_t count, uint64_t key)
{
    for (size_t i = 0; i < count; i++) {
        if (all[i].request.key == key)
            return &all[i];
    }
    return NULL;
}

/* Answer as a service of so many contacts would, whose list moves, with what the input
 * makes of it. */
static size_t
respond(pgaii_strict *walk, const pgaii_strict_request *request, input *in, int64_t total)
{
    uint64_t hashes[MAX_CONTACTS];
    int64_t moved = draw(in) % 8;
    int64_t start = (request->page - 1) * request->limit;
    pgaii_strict_answer answer = {.key = request->key, .hashes = hashes};
    int64_t count;

    answer.page = draw_number(in, request->page);
    answer.limit = draw_number(in, request->limit);
    answer.total = draw_number(in, total);
    count =
        draw_number(in, total - start < request->limit ? total - start : request->limit);
    count = count < 0 ? 0 : count < MAX_CONTACTS ? count : MAX_CONTACTS;
    for (int64_t i = 0; i < count; i++)
        hashes[i] = (uint64_t)draw_number(in, start + i + 1 + moved);
    answer.count = (size_t)count;
    if (pgaii_strict_feed(walk, &answer) != PGAI_OK)
        abort();
    return answer.count;
}

static void take_all(pgaii_strict *walk, sent *all, size_t count, input *in)
{
    pgaii_strict_batch batch;
    pgaii_strict_place place;

    while (pgaii_strict_take(walk, &batch)) {
        const sent *from = find(all, count, batch.key);

        if (!from || batch.count == 0 || batch.first + batch.count > from->count)
            abort();
        pgaii_strict_save(walk, draw(in), &place);
        if (place.position < 0 || place.limit < 1)
            abort();
    }
}

static bool is_in_flight(const sent *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!all[i].came)
            return true;
    }
    return false;
}

static void walk_on(pgaii_strict *walk, input *in, int64_t total)
{
    sent all[MAX_SENT];
    size_t count = 0;

    while (in->size > 0 && walk->state == PGAII_STRICT_GOING) {
        size_t chosen;
        size_t responded;

        while (count < MAX_SENT && pgaii_strict_wanted(walk, &all[count].request))
            all[count++].came = false;
        if (walk->state != PGAII_STRICT_GOING)
            return;
        if (!is_in_flight(all, count) || !find(all, count, pgaii_strict_front(walk)) ||
            find(all, count, pgaii_strict_front(walk))->came)
            abort();
        chosen = draw(in) % count;
        responded = respond(walk, &all[chosen].request, in, total);
        if (!all[chosen].came) /* a second response does not count */
            all[chosen].count = responded;
        all[chosen].came = true;
        take_all(walk, all, count, in);
        for (size_t i = count; i > 0; i--) {
            if (!pgaii_strict_needs(walk, all[i - 1].request.key))
                all[i - 1] = all[--count];
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, size};
    pgaii_strict_place place = {.limit = 1 + draw(&in) % 50, .total = -1};
    int64_t total = draw(&in) * 4;
    size_t flight = 1 + draw(&in) % 8;
    size_t remembered = 1 + draw(&in);
    pgaii_strict walk;

    if (draw(&in) % 4 == 0) {
        place.position = draw_number(&in, total / 2);
        place.position = place.position < 0 || place.position > 999999999999999999
                             ? 999999999999999999
                             : place.position;
        place.total = draw_number(&in, total);
        for (size_t i = 0; i < PGAII_STRICT_SEAM; i++)
            place.seam[i] = (uint64_t)draw_number(&in, place.position - (int64_t)i);
    }
    if (pgaii_strict_init(&walk, 0, flight, remembered, 7, &place) != PGAI_OK)
        abort();
    walk_on(&walk, &in, total);
    pgaii_strict_clear(&walk);
    return 0;
}
