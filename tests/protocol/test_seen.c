#include <inttypes.h>

#include "protocol/seen.h"
#include "protocol/text.h"
#include "support/unit.h"

static const pgaii_hash_key key = {{1, 2}};

static bool add(pgaii_seen *seen, uint64_t number)
{
    char id[24];

    snprintf(id, sizeof(id), "%" PRIu64, number);
    return pgaii_seen_add(seen, pgaii_text(id));
}

static void ids_of_the_last_pages_are_known(void **state)
{
    pgaii_seen seen;

    (void)state;
    pgaii_seen_init(&seen, key);
    for (uint64_t page = 0; page < 10; page++) {
        assert_true(pgaii_seen_begin(&seen, 50));
        for (uint64_t i = 1; i <= 50; i++)
            assert_false(add(&seen, page * 50 + i));
    }
    assert_true(pgaii_seen_begin(&seen, 50));
    assert_true(add(&seen, 500));
    assert_true(add(&seen, 351));
    assert_false(add(&seen, 350));
    pgaii_seen_clear(&seen);
}

/* Numbers whose ids want one place in a table of 1,024: those who know the key find them.
 */
static uint64_t next_that_collides(uint64_t after)
{
    char id[24];

    do
        snprintf(id, sizeof(id), "%" PRIu64, ++after);
    while ((pgaii_hash_keyed(&key, pgaii_text(id)) & 1023) != 5);
    return after;
}

static void ids_that_collide_are_told_apart(void **state)
{
    pgaii_seen seen;
    uint64_t number = 0;

    (void)state;
    pgaii_seen_init(&seen, key);
    assert_true(pgaii_seen_begin(&seen, 300));
    for (int i = 0; i < 300; i++)
        assert_false(add(&seen, number = next_that_collides(number)));
    number = 0;
    for (int i = 0; i < 300; i++)
        assert_true(add(&seen, number = next_that_collides(number)));
    pgaii_seen_clear(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_the_last_pages_are_known),
        cmocka_unit_test(ids_that_collide_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
