/* Strict walks in lists that are hard to follow, and from places that were saved. */
#include "protocol/strict.h"
#include "support/strict_drive.h"
#include "support/unit.h"

enum { COUNT_USUAL = 500 };

/* ---- Lists that are hard to follow -------------------- */

static void delete_all(strict_drive *drive)
{
    while (drive->answers > 5 && drive->list->count > 0)
        changing_list_delete(drive->list, 0);
}

/* Half of the list before each answer. */
static void delete_half(strict_drive *drive)
{
    for (size_t left = drive->list->count; drive->answers > 5 && left > 0; left -= 2) {
        changing_list_delete(drive->list, 0);
        if (left == 1)
            break;
    }
}

static void
answer_404_beyond(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    (void)drive, (void)hashes;
    if (answer->page > 1 && answer->count == 0)
        answer->page = answer->limit = answer->total = -1;
}

static void a_list_may_become_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        changing_list list;
        strict_drive drive = strict_drive_of(&list);

        changing_list_init(&list, COUNT_USUAL, 50, 1);
        drive.change = i & 1 ? delete_half : delete_all;
        drive.reshape = i & 2 ? answer_404_beyond : NULL;
        drive.remembered = i & 4 ? 16 : PGAII_STRICT_REMEMBERED;
        strict_drive_run(&drive);
        assert_true(drive.complete);
        changing_list_clear(&list);
    }
}

/* All that is remembered goes, and what is left may have been handed out or not. */
static void delete_what_is_remembered(strict_drive *drive)
{
    if (drive->answers == 20) {
        for (int i = 0; i < 1800; i++)
            changing_list_delete(drive->list, 100);
    }
}

static void a_place_that_is_gone_is_a_gap(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, 2000, 50, 1);
    drive.remembered = 64;
    drive.flight = 1;
    drive.change = delete_what_is_remembered;
    strict_drive_run(&drive);
    assert_int_equal(drive.why, PGAII_STRICT_GAP);
    assert_int_equal(drive.doubles, 0);
    changing_list_clear(&list);
}

static void delete_a_thousand(strict_drive *drive)
{
    if (drive->answers == 70) {
        for (int i = 0; i < 1000; i++)
            changing_list_delete(drive->list, 0);
    }
}

/* The search reads what is far away in large steps. */
static void a_place_that_moved_far_is_found_soon(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, 5000, 50, 1);
    drive.change = delete_a_thousand;
    strict_drive_run(&drive);
    assert_true(drive.complete);
    assert_int_equal(drive.missed + drive.doubles, 0);
    assert_in_range(drive.requests, 122, 122 + 12);
    changing_list_clear(&list);
}

/* What is left of those handed out stands at the head; where it would end if all were
 * there, contacts stand that were not. */
static void delete_most_behind_the_first(strict_drive *drive)
{
    if (drive->answers == 15) {
        for (int64_t i = 50; i < drive->handed; i++)
            changing_list_delete(drive->list, 50);
    }
}

static void delete_all_during_a_search(strict_drive *drive)
{
    for (int i = 0; drive->answers == 10 && i < 200; i++)
        changing_list_delete(drive->list, 0);
    while (drive->walk.probes == 2 && drive->list->count > 0)
        changing_list_delete(drive->list, 0);
}

static void a_list_may_become_empty_during_a_search(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, COUNT_USUAL, 50, 1);
    drive.flight = 1;
    drive.change = delete_all_during_a_search;
    strict_drive_run(&drive);
    assert_true(drive.complete);
    changing_list_clear(&list);
}

static void what_follows_contacts_that_are_gone_is_found(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, 2000, 50, 1);
    drive.flight = 1;
    drive.change = delete_most_behind_the_first;
    strict_drive_run(&drive);
    assert_true(drive.complete);
    assert_int_equal(drive.missed + drive.doubles, 0);
    assert_in_range(drive.requests, 49, 49 + 12);
    changing_list_clear(&list);
}

static void clamp_then(strict_drive *drive, pgaii_strict_answer *answer, uint64_t *hashes)
{
    drive->data = drive->walk.probes > 0 ? drive : drive->data; /* from then on */
    if (drive->data)
        strict_drive_answer(drive->list, answer->limit < 20 ? answer->limit : 20, answer,
                            hashes);
}

static void a_limit_may_change_during_a_search(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, 5000, 50, 1);
    drive.change = delete_a_thousand;
    drive.reshape = clamp_then;
    strict_drive_run(&drive);
    assert_true(drive.complete);
    assert_int_equal(drive.missed + drive.doubles, 0);
    changing_list_clear(&list);
}

static void delete_five(strict_drive *drive)
{
    for (int i = 0; i < 5; i++)
        changing_list_delete(drive->list, 0);
}

/* Where each window behind the first in flight is moved away from it, fewer are asked for
 * at once. */
static void a_list_that_moves_on_costs_less_than_twice_as_much(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, 20000, 50, 1);
    drive.flight = 32;
    drive.change = delete_five;
    strict_drive_run(&drive);
    assert_int_equal(drive.missed + drive.doubles, 0);
    assert_true(drive.complete);
    assert_in_range(drive.requests, 485, 2 * 485);
    changing_list_clear(&list);
}

static void grow(strict_drive *drive)
{
    for (int i = 0; i < 60; i++)
        changing_list_insert(drive->list, 0);
}

static void a_list_that_outgrows_the_walk_ends_it(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, COUNT_USUAL, 50, 1);
    drive.change = grow;
    strict_drive_run(&drive);
    assert_int_equal(drive.why, PGAII_STRICT_BUSY);
    assert_int_equal(drive.requests, 200 + 4 * COUNT_USUAL / 50);
    changing_list_clear(&list);
}

/* ---- Places ------------------------------------------------------------------------ */

static void a_walk_goes_on_from_each_contact(void **state)
{
    (void)state;
    for (size_t stop = 1; stop < 130; stop++) {
        changing_list list;
        strict_drive drive = strict_drive_of(&list);

        changing_list_init(&list, 130, 50, 1);
        drive.stop = stop;
        strict_drive_run(&drive);
        assert_true(drive.complete);
        assert_int_equal(drive.handed, 130);
        assert_int_equal(drive.missed + drive.doubles, 0);
        changing_list_clear(&list);
    }
}

/* As many are added before the place, as a list gets in a day that shows the newest
 * first. */
static void add_before(strict_drive *drive)
{
    if (drive->handed == 1000 && drive->list->made == 2000) {
        for (int i = 0; i < 400; i++)
            changing_list_insert(drive->list, 0);
    }
}

static void a_place_is_found_again_after_many_changes(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, 2000, 50, 1);
    drive.stop = 1000;
    drive.change = add_before;
    strict_drive_run(&drive);
    assert_true(drive.complete);
    assert_int_equal(drive.missed + drive.doubles, 0);
    assert_in_range(drive.requests, 50, 58);
    changing_list_clear(&list);
}

/* So that the last contact shown is behind them, and not shown any more. */
static void add_before_the_last(strict_drive *drive)
{
    for (int i = 0; drive->answers == 2 && i < 60; i++)
        changing_list_insert(drive->list, 49);
}

static void a_place_knows_what_comes_again_behind_it(void **state)
{
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, 200, 50, 1);
    drive.flight = 1;
    drive.change = add_before_the_last;
    drive.stop = 60;
    strict_drive_run(&drive);
    assert_true(drive.complete);
    assert_int_equal(drive.missed + drive.doubles, 0);
    changing_list_clear(&list);
}

/* A place without ids: the walk begins there, and takes what it finds. */
static void a_walk_may_begin_anywhere(void **state)
{
    static const int positions[] = {0, 1, 49, 50, 100, 129, 130, 131, 9999};

    (void)state;
    for (size_t i = 0; i < COUNT(positions); i++) {
        pgaii_strict_place place = {.position = positions[i], .limit = 50, .total = -1};
        int expected = positions[i] < 130 ? 130 - positions[i] : 0;
        changing_list list;
        strict_drive drive = strict_drive_of(&list);

        changing_list_init(&list, 130, 50, 1);
        drive.place = &place;
        strict_drive_run(&drive);
        assert_true(drive.complete);
        assert_int_equal(drive.handed, expected);
        changing_list_clear(&list);
    }
}

static void leave_fifty(strict_drive *drive)
{
    while (drive->list->count > 50)
        changing_list_delete(drive->list, 50);
}

/* Then contacts before the place are not handed out, even if nothing else is left. */
static void a_walk_that_began_later_does_not_show_the_head(void **state)
{
    pgaii_strict_place place = {.position = 100, .limit = 50, .total = -1};
    changing_list list;
    strict_drive drive = strict_drive_of(&list);

    (void)state;
    changing_list_init(&list, 500, 50, 1);
    drive.place = &place;
    drive.flight = 1;
    drive.change = leave_fifty;
    strict_drive_run(&drive);
    assert_int_equal(drive.why, PGAII_STRICT_GAP);
    assert_int_equal(drive.handed, 47);
    changing_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_may_become_empty),
        cmocka_unit_test(a_place_that_is_gone_is_a_gap),
        cmocka_unit_test(a_place_that_moved_far_is_found_soon),
        cmocka_unit_test(a_list_may_become_empty_during_a_search),
        cmocka_unit_test(what_follows_contacts_that_are_gone_is_found),
        cmocka_unit_test(a_limit_may_change_during_a_search),
        cmocka_unit_test(a_list_that_moves_on_costs_less_than_twice_as_much),
        cmocka_unit_test(a_list_that_outgrows_the_walk_ends_it),
        cmocka_unit_test(a_walk_goes_on_from_each_contact),
        cmocka_unit_test(a_place_is_found_again_after_many_changes),
        cmocka_unit_test(a_place_knows_what_comes_again_behind_it),
        cmocka_unit_test(a_walk_may_begin_anywhere),
        cmocka_unit_test(a_walk_that_began_later_does_not_show_the_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
