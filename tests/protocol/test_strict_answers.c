/* Strict walks: what they make of responses that are odd, and of services that differ. */
#include "protocol/strict.h"

#include <limits.h>

#include "support/strict_drive.h"
#include "support/unit.h"

enum { COUNT_USUAL = 500 };

/* The linker gives the library's allocations to these. */
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static int allocations_left = INT_MAX;

void *__wrap_calloc(size_t count, size_t size)
{
    return allocations_left-- > 0 ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *block, size_t size)
{
    return allocations_left-- > 0 ? __real_realloc(block, size) : NULL;
}

typedef void (*reshaper)(strict_drive *drive, pgaii_strict_answer *answer,
                         uint64_t *hashes);

/* Walk over the usual list, from a service that reshapes its answers. */
static strict_drive walk_reshaped(changing_list *list, reshaper reshape)
{
    strict_drive drive = strict_drive_of(list);

    changing_list_init(list, COUNT_USUAL, 50, 1);
    drive.reshape = reshape;
    strict_drive_run(&drive);
    changing_list_clear(list);
    return drive;
}

static void assert_lost(reshaper reshape, pgaii_strict_why why)
{
    changing_list list;
    strict_drive drive = walk_reshaped(&list, reshape);

    assert_false(drive.complete);
    assert_int_equal(drive.why, why);
    assert_int_equal(drive.doubles, 0);
}

static void assert_complete(reshaper reshape)
{
    changing_list list;
    strict_drive drive = walk_reshaped(&list, reshape);

    assert_int_equal(drive.why, PGAII_STRICT_PROVEN);
    assert_true(drive.complete);
    assert_int_equal(drive.missed + drive.doubles, 0);
}

/* ---- Numbers ----------------------------------------------------------------------- */

static void
leave_total_out(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)hashes;
    answer->total = drive->answers == 4 ? -1 : answer->total;
}

static void
leave_limit_out(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive, (void)hashes;
    answer->limit = -1;
}

static void
leave_page_out(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive, (void)hashes;
    answer->page = -1;
}

static void tell_huge(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive, (void)hashes;
    answer->total = INT64_MAX;
}

static void limit_and_total_must_be_told(void **state)
{
    (void)state;
    assert_lost(leave_total_out, PGAII_STRICT_UNTOLD);
    assert_lost(leave_limit_out, PGAII_STRICT_UNTOLD);
    assert_lost(tell_huge, PGAII_STRICT_UNTOLD);
    assert_complete(leave_page_out);
}

static void drop_one(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive, (void)hashes;
    answer->count -= answer->page == 3;
}

static void
drop_one_once(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)hashes;
    answer->count -= drive->answers == 3;
}

static void
tell_less_once(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)hashes;
    answer->total -= drive->answers == 3 ? 400 : 0;
}

static void tell_less(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive, (void)hashes;
    answer->total -= 1;
}

static void tell_more(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive, (void)hashes;
    answer->total += 1;
}

static void
tell_other_page(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive, (void)hashes;
    answer->page++;
}

/* A response that does not add up is asked for again, and then believed no more. */
static void page_limit_total_and_contacts_must_fit_together(void **state)
{
    (void)state;
    assert_lost(drop_one, PGAII_STRICT_SUMS);
    assert_lost(tell_less, PGAII_STRICT_SUMS);
    assert_lost(tell_more, PGAII_STRICT_SUMS);
    assert_lost(tell_other_page, PGAII_STRICT_SUMS);
    assert_complete(drop_one_once);
    assert_complete(tell_less_once);
}

/* ---- Limits ------------------------------------------------------------------------ */

static void
clamp_at_once(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    strict_drive_answer(drive->list, answer->limit < 20 ? answer->limit : 20, answer,
                        hashes);
}

static void
clamp_later(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    if (drive->answers > 5)
        clamp_at_once(drive, answer, hashes);
}

static void round_down(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    int64_t limit = answer->limit;

    strict_drive_answer(drive->list,
                        limit >= 50   ? 50
                        : limit >= 25 ? 25
                        : limit >= 20 ? 20
                                      : 10,
                        answer, hashes);
}

static void take_one(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    strict_drive_answer(drive->list, 1, answer, hashes);
}

static void
enlarge_later(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    if (drive->answers > 1)
        strict_drive_answer(drive->list, 100, answer, hashes);
}

static void enlarge(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    strict_drive_answer(drive->list, answer->limit > 100 ? answer->limit : 100, answer,
                        hashes);
}

static void limits_are_those_of_the_service_or_the_walk_is_lost(void **state)
{
    (void)state;
    assert_complete(clamp_at_once);
    assert_complete(clamp_later);
    assert_lost(round_down, PGAII_STRICT_LIMITS);
    assert_lost(take_one, PGAII_STRICT_LIMITS);
    assert_lost(enlarge_later, PGAII_STRICT_LIMITS);
    assert_lost(enlarge, PGAII_STRICT_LIMITS);
}

/* All limits up to 5 cut the list apart at 60. */
static void small_limits_do_for_short_lists(void **state)
{
    (void)state;
    for (int count = 57; count <= 63; count++) {
        changing_list list;
        strict_drive drive = strict_drive_of(&list);

        changing_list_init(&list, count, 50, 1);
        drive.limit = 5;
        strict_drive_run(&drive);
        assert_true(drive.complete == (count < 60));
        assert_int_equal(drive.why,
                         count < 60 ? PGAII_STRICT_PROVEN : PGAII_STRICT_LIMITS);
        assert_int_equal(drive.handed, count < 60 ? count : 60);
        changing_list_clear(&list);
    }
}

/* ---- Contacts ---------------------------------------------------------------------- */

static void
leave_id_out(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive;
    if (answer->page == 2)
        hashes[7] = 0;
}

static void show_twice(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive;
    if (answer->page == 2)
        hashes[9] = hashes[8];
}

static void contacts_must_have_ids_of_their_own(void **state)
{
    (void)state;
    assert_lost(leave_id_out, PGAII_STRICT_NO_ID);
    assert_lost(show_twice, PGAII_STRICT_ORDER);
}

static void move_one(strict_drive *drive)
{
    changing_list *list = drive->list;

    changing_list_move(list, changing_list_draw(list, list->count), list->count - 1);
}

/* Contacts that change their place are seen when they come again elsewhere. */
static void an_order_that_is_not_fixed_is_seen(void **state)
{
    int lost = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        changing_list list;
        strict_drive drive = strict_drive_of(&list);

        changing_list_init(&list, 2000, 50, seed);
        drive.change = move_one;
        strict_drive_run(&drive);
        lost += drive.why == PGAII_STRICT_ORDER;
        changing_list_clear(&list);
    }
    assert_true(lost >= 90);
}

/* ---- Requests ---------------------------------------------------------------------- */

static void what_is_not_needed_is_ignored(void **state)
{
    static const uint64_t ids[] = {1, 2, 3};
    pgaii_strict_answer answer = {0, 1, 50, 3, ids, 3};
    pgaii_strict_request request;
    pgaii_strict_batch batch;
    pgaii_strict walk;

    (void)state;
    assert_int_equal(pgaii_strict_init(&walk, 50, 4, 16, 1, NULL), PGAI_OK);
    assert_int_equal(pgaii_strict_feed(&walk, &answer), PGAI_OK);
    assert_int_equal(pgaii_strict_front(&walk), 0);
    assert_true(pgaii_strict_wanted(&walk, &request));
    assert_int_equal(pgaii_strict_front(&walk), request.key);
    assert_false(pgaii_strict_wanted(&walk, &request));
    assert_false(pgaii_strict_take(&walk, &batch));
    assert_true(pgaii_strict_needs(&walk, request.key));
    assert_false(pgaii_strict_needs(&walk, request.key + 1));
    answer.key = request.key + 1;
    assert_int_equal(pgaii_strict_feed(&walk, &answer), PGAI_OK);
    assert_false(pgaii_strict_take(&walk, &batch));
    answer.key = request.key;
    assert_int_equal(pgaii_strict_feed(&walk, &answer), PGAI_OK);
    answer.count = 0; /* a second response to one request */
    assert_int_equal(pgaii_strict_feed(&walk, &answer), PGAI_OK);
    assert_true(pgaii_strict_take(&walk, &batch));
    assert_int_equal(batch.key, request.key);
    assert_int_equal(batch.first, 0);
    assert_int_equal(batch.count, 3);
    assert_int_equal(walk.state, PGAII_STRICT_COMPLETE);
    assert_false(pgaii_strict_take(&walk, &batch));
    assert_false(pgaii_strict_wanted(&walk, &request));
    assert_false(pgaii_strict_needs(&walk, request.key));
    assert_int_equal(pgaii_strict_front(&walk), 0);
    pgaii_strict_clear(&walk);
}

/* Each allocation may fail. A response that found no memory can be given again. */
static void without_memory_nothing_changes(void **state)
{
    static const uint64_t ids[] = {1, 2, 3};
    pgaii_strict_answer answer = {0, 1, 50, 3, ids, 3};
    pgaii_strict_request request;
    pgaii_strict_batch batch;
    pgaii_strict walk;

    (void)state;
    for (int left = 0; left < 4; left++) {
        allocations_left = left;
        assert_int_equal(pgaii_strict_init(&walk, 50, 4, 16, 1, NULL), PGAI_NO_MEMORY);
    }
    allocations_left = 4;
    assert_int_equal(pgaii_strict_init(&walk, 50, 4, 16, 1, NULL), PGAI_OK);
    allocations_left = 0;
    assert_true(pgaii_strict_wanted(&walk, &request));
    answer.key = request.key;
    assert_int_equal(pgaii_strict_feed(&walk, &answer), PGAI_NO_MEMORY);
    assert_false(pgaii_strict_take(&walk, &batch));
    assert_true(pgaii_strict_needs(&walk, request.key));
    allocations_left = INT_MAX;
    assert_int_equal(pgaii_strict_feed(&walk, &answer), PGAI_OK);
    allocations_left = 0; /* no other part allocates */
    assert_true(pgaii_strict_take(&walk, &batch));
    assert_int_equal(batch.count, 3);
    allocations_left = INT_MAX;
    assert_int_equal(walk.state, PGAII_STRICT_COMPLETE);
    pgaii_strict_clear(&walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limit_and_total_must_be_told),
        cmocka_unit_test(page_limit_total_and_contacts_must_fit_together),
        cmocka_unit_test(limits_are_those_of_the_service_or_the_walk_is_lost),
        cmocka_unit_test(small_limits_do_for_short_lists),
        cmocka_unit_test(contacts_must_have_ids_of_their_own),
        cmocka_unit_test(an_order_that_is_not_fixed_is_seen),
        cmocka_unit_test(what_is_not_needed_is_ignored),
        cmocka_unit_test(without_memory_nothing_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
