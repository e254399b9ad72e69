/* The order of a list as runs of numbers, against an array. */
#include "sandbox/order.h"
#include "support/unit.h"

#include "sandbox/random.h"

enum { LENGTH = 12, CHANGES = 2000, MOST = LENGTH + CHANGES };

/* A list, simply. */
typedef struct array {
    int64_t numbers[MOST];
    size_t length;
} array;

static void array_insert(array *a, size_t place, int64_t number)
{
    memmove(&a->numbers[place + 1], &a->numbers[place],
            (a->length++ - place) * sizeof(*a->numbers));
    a->numbers[place] = number;
}

static int64_t array_remove(array *a, size_t place)
{
    int64_t number = a->numbers[place];

    memmove(&a->numbers[place], &a->numbers[place + 1],
            (--a->length - place) * sizeof(*a->numbers));
    return number;
}

static void assert_same(const pgaii_order *order, const array *expected)
{
    assert_int_equal(order->length, expected->length);
    for (size_t i = 0; i < expected->length; i++) {
        assert_int_equal(pgaii_order_at(order, (int64_t)i), expected->numbers[i]);
        assert_int_equal(pgaii_order_find(order, expected->numbers[i]), i);
    }
}

/* One change of both, drawn. */
static void change(pgaii_order *order, array *expected, int64_t fresh, uint64_t *random)
{
    size_t length = expected->length;
    size_t place = pgaii_random_below(random, length + 1);
    size_t from = length > 0 ? pgaii_random_below(random, length) : 0;
    size_t to = place < length ? place : 0;

    switch (length > 0 ? pgaii_random_below(random, 4) : 0) {
    case 0:
        assert_true(pgaii_order_insert(order, (int64_t)place, fresh));
        array_insert(expected, place, fresh);
        break;
    case 1:
        assert_true(pgaii_order_move(order, (int64_t)from, (int64_t)to));
        array_insert(expected, to, array_remove(expected, from));
        break;
    default:
        assert_true(pgaii_order_remove(order, (int64_t)from));
        array_remove(expected, from);
        break;
    }
}

static void test_changes_at_random(void **state)
{
    array expected = {.length = 0};
    pgaii_order order;
    uint64_t random = 5;

    (void)state;
    assert_true(pgaii_order_init(&order, LENGTH));
    for (int64_t i = 0; i < LENGTH; i++)
        array_insert(&expected, (size_t)i, i);
    for (int64_t i = 0; i < CHANGES; i++) {
        change(&order, &expected, LENGTH + i, &random);
        assert_same(&order, &expected);
        assert_int_equal(pgaii_order_find(&order, LENGTH + CHANGES), -1);
    }
    pgaii_order_reset(&order, 3);
    assert_int_equal(order.length, 3);
    assert_int_equal(pgaii_order_at(&order, 2), 2);
    pgaii_order_clear(&order);
}

/* As a service does whose contacts are created one after the other. */
static void test_numbers_that_follow_are_one_run(void **state)
{
    pgaii_order order;

    (void)state;
    assert_true(pgaii_order_init(&order, 1000000000));
    for (int64_t i = 0; i < 1000; i++)
        assert_true(pgaii_order_insert(&order, order.length, order.length));
    assert_int_equal(order.count, 1);
    pgaii_order_clear(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_at_random),
        cmocka_unit_test(test_numbers_that_follow_are_one_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
