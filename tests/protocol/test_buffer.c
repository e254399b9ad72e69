/* Buffers: their maximum, and who owns their bytes. */
#include <stdlib.h>

#include "protocol/buffer.h"
#include "support/unit.h"

static void appends_stay_terminated(void **state)
{
    pgaii_buffer buffer;

    (void)state;
    pgaii_buffer_init(&buffer, 1000);
    assert_null(buffer.data);
    assert_true(pgaii_buffer_add(&buffer, "ab", 2));
    assert_string_equal(buffer.data, "ab");
    assert_true(pgaii_buffer_printf(&buffer, "-%d-%s", 42, "x"));
    assert_true(pgaii_buffer_add(&buffer, NULL, 0));
    assert_string_equal(buffer.data, "ab-42-x");
    assert_int_equal(buffer.length, 7);
    pgaii_buffer_clear(&buffer);
    assert_null(buffer.data);
}

static void the_maximum_is_exact_and_final(void **state)
{
    pgaii_buffer buffer;

    (void)state;
    pgaii_buffer_init(&buffer, 4);
    assert_true(pgaii_buffer_add(&buffer, "1234", 4));
    assert_false(pgaii_buffer_add(&buffer, "5", 1));
    assert_true(buffer.failed);
    assert_true(buffer.over);
    assert_null(buffer.data);
    assert_false(pgaii_buffer_add(&buffer, "1", 1));
    pgaii_buffer_reset(&buffer);
    assert_false(pgaii_buffer_printf(&buffer, "%d", 12345));
    assert_true(buffer.over);
    pgaii_buffer_reset(&buffer);
    assert_true(pgaii_buffer_printf(&buffer, "%d", 1234));
    pgaii_buffer_clear(&buffer);
}

static void take_hands_over_and_leaves_it_empty(void **state)
{
    pgaii_buffer buffer;
    char *taken;

    (void)state;
    pgaii_buffer_init(&buffer, 100);
    assert_null(pgaii_buffer_take(&buffer));
    pgaii_buffer_add_string(&buffer, "mine");
    taken = pgaii_buffer_take(&buffer);
    assert_string_equal(taken, "mine");
    assert_int_equal(buffer.length, 0);
    assert_true(pgaii_buffer_add_string(&buffer, "next"));
    assert_string_equal(taken, "mine");
    free(taken);
    pgaii_buffer_clear(&buffer);
}

static void reset_keeps_the_memory(void **state)
{
    pgaii_buffer buffer;
    char *before;

    (void)state;
    pgaii_buffer_init(&buffer, 100);
    pgaii_buffer_add_string(&buffer, "something");
    before = buffer.data;
    pgaii_buffer_reset(&buffer);
    assert_string_equal(buffer.data, "");
    pgaii_buffer_add_string(&buffer, "else");
    assert_ptr_equal(buffer.data, before);
    pgaii_buffer_clear(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_stay_terminated),
        cmocka_unit_test(the_maximum_is_exact_and_final),
        cmocka_unit_test(take_hands_over_and_leaves_it_empty),
        cmocka_unit_test(reset_keeps_the_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
