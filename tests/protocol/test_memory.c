/* Sizes that overflow, arrays that grow, and copies. */
#include <stdlib.h>

#include "protocol/memory.h"
#include "support/unit.h"

static void multiply_refuses_what_does_not_fit(void **state)
{
    size_t out = 7;

    (void)state;
    assert_true(pgaii_multiply(6, 7, &out));
    assert_int_equal(out, 42);
    assert_true(pgaii_multiply(SIZE_MAX, 1, &out));
    assert_true(pgaii_multiply(5, 0, &out));
    out = 7;
    assert_false(pgaii_multiply(SIZE_MAX / 2 + 1, 2, &out));
    assert_int_equal(out, 7);
}

static void grow_doubles_and_keeps_what_is_there(void **state)
{
    int *numbers = NULL;
    size_t capacity = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_true(
            pgaii_grow((void **)&numbers, &capacity, (size_t)i + 1, sizeof(int), 4));
        numbers[i] = i;
    }
    assert_int_equal(capacity, 1024);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    free(numbers);
}

static void grow_leaves_the_array_when_the_size_overflows(void **state)
{
    char *bytes = NULL;
    size_t capacity = 0;

    (void)state;
    assert_true(pgaii_grow((void **)&bytes, &capacity, 10, 8, 10));
    assert_false(pgaii_grow((void **)&bytes, &capacity, SIZE_MAX / 4, 8, 10));
    assert_int_equal(capacity, 10);
    free(bytes);
}

static void copy_adds_a_nul(void **state)
{
    char *copy = pgaii_copy("abcdef", 3);

    (void)state;
    assert_string_equal(copy, "abc");
    free(copy);
    copy = pgaii_copy(NULL, 0);
    assert_string_equal(copy, "");
    free(copy);
    assert_null(pgaii_copy("x", SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiply_refuses_what_does_not_fit),
        cmocka_unit_test(grow_doubles_and_keeps_what_is_there),
        cmocka_unit_test(grow_leaves_the_array_when_the_size_overflows),
        cmocka_unit_test(copy_adds_a_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
