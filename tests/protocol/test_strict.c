/* Strict walks: they miss nothing when they say so, whatever happens to the list. */
#include "protocol/strict.h"
#include "support/strict_drive.h"
#include "support/unit.h"

/* Random histories, and changes in all histories; fewer with sanitizers. */
#ifndef ROUNDS
#define ROUNDS 10000
#define MOST_CHANGES 2
#endif

enum { MOST_CONTACTS = 5 };

/* ---- A list that does not change ------------------------------------------------- */

/* What windows that have one contact in common need at least, with limits of at most 50;
 * that is 1.20 and 1.213 times the requests of a plain walk. */
static void an_unchanging_list_costs_few_requests(void **state)
{
    static const struct {
        int count;
        int requests;
    } rows[] = {{0, 1}, {1, 1}, {49, 1}, {50, 2}, {1000, 24}, {100000, 2426}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t flight = 1; flight <= 8; flight += 7) {
            changing_list list;
            strict_drive drive = strict_drive_of(&list);

            changing_list_init(&list, rows[i].count, 50, 1);
            drive.flight = flight;
            strict_drive_run(&drive);
            assert_true(drive.complete);
            assert_int_equal(drive.requests, rows[i].requests);
            assert_int_equal(drive.handed, rows[i].count);
            assert_int_equal(drive.missed + drive.doubles, 0);
            changing_list_clear(&list);
        }
    }
}

/* ---- Histories at random ----------------------------------------------------------- */

typedef enum spot { AT_HEAD, AT_TAIL, AT_RANDOM, AT_FRONT, ANYWHERE } spot;

/* How others change the list before each answer. */
typedef struct traffic {
    size_t most;    /* changes, at most */
    size_t deletes; /* of 100 changes */
    size_t bursts;  /* of 100 answers, so many find 100 changes in one place besides */
    spot where;
} traffic;

static size_t draw_place(strict_drive *drive, spot where)
{
    changing_list *list = drive->list;
    int64_t place;

    if (where == ANYWHERE)
        where = (spot)changing_list_draw(list, ANYWHERE);
    switch (where) {
    case AT_HEAD:
        return 0;
    case AT_TAIL:
        return list->count;
    case AT_FRONT: /* around what was asked for last */
        place = drive->front - 5 + (int64_t)changing_list_draw(list, 60);
        place = place > 0 ? place : 0;
        return place < (int64_t)list->count ? (size_t)place : list->count;
    default:
        return changing_list_draw(list, list->count + 1);
    }
}

static void change_at(strict_drive *drive, size_t place)
{
    const traffic *others = drive->data;
    changing_list *list = drive->list;

    if (changing_list_draw(list, 100) < others->deletes)
        changing_list_delete(list, place < list->count ? place : list->count - 1);
    else
        changing_list_insert(list, place < list->count ? place : list->count);
}

static void change_at_random(strict_drive *drive)
{
    const traffic *others = drive->data;
    size_t changes = changing_list_draw(drive->list, others->most + 1);

    if (changing_list_draw(drive->list, 100) < others->bursts) {
        size_t place = draw_place(drive, others->where);

        for (int i = 0; i < 100; i++)
            change_at(drive, place);
    }
    for (size_t i = 0; i < changes; i++)
        change_at(drive, draw_place(drive, others->where));
}

/* A walk over up to 2,000 contacts with up to 5 changes a request, drawn from a seed. */
static strict_drive
walk_at_random(changing_list *list, traffic *others, uint64_t seed, bool resumed)
{
    static const size_t deletes[] = {0, 50, 50, 100};
    static const size_t flights[] = {1, 4, 8, 16};
    static const size_t bursts[] = {0, 0, 0, 5};
    strict_drive drive = strict_drive_of(list);
    int count;

    changing_list_init(list, 0, 50, seed);
    count = (int)changing_list_draw(list, 2000);
    changing_list_clear(list);
    changing_list_init(list, count, 50, seed + 1);
    others->most = changing_list_draw(list, 6);
    others->deletes = deletes[changing_list_draw(list, COUNT(deletes))];
    others->bursts = bursts[changing_list_draw(list, COUNT(bursts))];
    others->where = (spot)changing_list_draw(list, ANYWHERE + 1);
    drive.flight = flights[changing_list_draw(list, COUNT(flights))];
    drive.stop = resumed ? changing_list_draw(list, (size_t)count + 1) : 0;
    drive.change = change_at_random;
    drive.data = others;
    strict_drive_run(&drive);
    return drive;
}

static void nothing_is_missed_or_comes_twice_in_histories_at_random(void **state)
{
    int complete = 0;

    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        changing_list list;
        traffic others;
        strict_drive drive = walk_at_random(&list, &others, seed, false);

        if ((drive.complete && drive.missed > 0) || drive.doubles > 0)
            fail_msg("history %d: %d missed, %d twice", (int)seed, drive.missed,
                     drive.doubles);
        assert_true(drive.complete == (drive.why == PGAII_STRICT_PROVEN));
        complete += drive.complete;
        changing_list_clear(&list);
    }
    assert_int_equal(complete, ROUNDS);
}

/* A saved place holds few ids, so that after a hundred contacts were added right there,
 * some of them may come twice. */
static void nothing_is_missed_behind_a_place_that_was_saved(void **state)
{
    int complete = 0;

    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        changing_list list;
        traffic others;
        strict_drive drive = walk_at_random(&list, &others, seed, true);

        if ((drive.complete && drive.missed > 0) ||
            (drive.doubles > 0 && others.bursts == 0))
            fail_msg("history %d: %d missed, %d twice", (int)seed, drive.missed,
                     drive.doubles);
        assert_int_not_equal(drive.why, PGAII_STRICT_ORDER);
        complete += drive.complete;
        changing_list_clear(&list);
    }
    assert_true(complete >= ROUNDS / 100 * 99);
}

/* ---- All histories of short lists -------------------------------------------------- */

/* One of all changes there can be, or none yet; as many as *data says. */
static void change_in_all_ways(strict_drive *drive)
{
    changing_list *list = drive->list;
    int *left = drive->data;
    size_t choice;

    if (*left == 0)
        return;
    choice = changing_list_draw(list, 2 * list->count + 2);
    *left -= choice > 0;
    if (choice > list->count)
        changing_list_insert(list, choice - list->count - 1);
    else if (choice > 0)
        changing_list_delete(list, choice - 1);
}

typedef struct shape {
    int count;
    int64_t limit;
    size_t flight;
    size_t remembered;
    int changes;
} shape;

/* Walk over a list in all ways in which its answers can be made, come, and change; how
 * many there are. */
static int64_t walk_in_all_ways(shape of, int64_t *complete)
{
    choices all = {.count = 0};
    int64_t ways = 0;

    do {
        int left = of.changes;
        changing_list list;
        strict_drive drive = strict_drive_of(&list);

        changing_list_init(&list, of.count, 50, 0);
        list.choices = &all;
        drive.limit = of.limit;
        drive.flight = of.flight;
        drive.remembered = of.remembered;
        drive.change = change_in_all_ways;
        drive.data = &left;
        strict_drive_run(&drive);
        if ((drive.complete && drive.missed > 0) ||
            (drive.doubles > 0 && of.remembered > 4))
            fail_msg("%d contacts, limit %d, %d in flight, way %d: %d missed, %d twice",
                     of.count, (int)of.limit, (int)of.flight, (int)ways, drive.missed,
                     drive.doubles);
        if (drive.why == PGAII_STRICT_BUSY)
            fail_msg("%d contacts, limit %d, %d in flight, %d remembered: busy", of.count,
                     (int)of.limit, (int)of.flight, (int)of.remembered);
        *complete += drive.complete;
        ways++;
        changing_list_clear(&list);
    } while (choices_next(&all));
    return ways;
}

static void nothing_is_missed_in_any_history_of_a_short_list(void **state)
{
    int64_t complete = 0;
    int64_t ways = 0;
    shape of;

    (void)state;
    for (of.count = 0; of.count <= MOST_CONTACTS; of.count++) {
        for (of.limit = 2; of.limit <= 5; of.limit++) {
            for (of.flight = 1; of.flight <= 3; of.flight++) {
                for (of.remembered = 1; of.remembered <= 16; of.remembered *= 4) {
                    for (of.changes = 1; of.changes <= MOST_CHANGES; of.changes++)
                        ways += walk_in_all_ways(of, &complete);
                }
            }
        }
    }
    /* Here the walk stands where no limit shows both sides, and the newest id is gone. */
    ways += walk_in_all_ways((shape){4, 3, 2, 4, 3}, &complete);
    print_message("%ld histories, %ld complete\n", (long)ways, (long)complete);
    assert_true(complete > ways / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unchanging_list_costs_few_requests),
        cmocka_unit_test(nothing_is_missed_or_comes_twice_in_histories_at_random),
        cmocka_unit_test(nothing_is_missed_behind_a_place_that_was_saved),
        cmocka_unit_test(nothing_is_missed_in_any_history_of_a_short_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
