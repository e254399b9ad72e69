/* Structs of programs that are older or newer. */
#include "protocol/versioned.h"
#include "support/unit.h"

/* A struct as it was at first, and as it is now. */
typedef struct first_version {
    size_t struct_size;
    int a;
} first_version;

typedef struct version {
    size_t struct_size;
    int a;
    int b;
} version;

enum { FIRST = PGAII_FIRST_SIZE(first_version, a) };

static void an_older_caller_gets_the_defaults(void **state)
{
    const first_version given = {sizeof(given), 7};
    version out = {sizeof(out), 1, 2};

    (void)state;
    assert_int_equal(pgaii_versioned_read(&out, FIRST, &given, FIRST, "options", NULL),
                     PGAI_OK);
    assert_int_equal(out.a, 7);
    assert_int_equal(out.b, 2);
}

static void a_newer_caller_is_read_as_far_as_known(void **state)
{
    const version given = {sizeof(given), 7, 8};
    first_version out[2] = {{sizeof(first_version), 1}, {42, 43}};

    (void)state;
    assert_int_equal(pgaii_versioned_read(out, FIRST, &given, FIRST, "options", NULL),
                     PGAI_OK);
    assert_int_equal(out[0].a, 7);
    assert_int_equal(out[1].a, 43);
}

static void what_was_not_started_is_named(void **state)
{
    const version given = {FIRST - 1, 7, 8};
    version out = {sizeof(out), 1, 2};
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    assert_int_equal(
        pgaii_versioned_read(&out, sizeof(out), &given, FIRST, "options", &error),
        PGAI_USAGE);
    assert_contains(error.message, "options.struct_size is");
    assert_int_equal(out.a, 1);
}

static void no_more_is_written_than_the_caller_has(void **state)
{
    const version value = {sizeof(value), 7, 8};
    version out = {FIRST, 1, 2};

    (void)state;
    pgaii_versioned_write(&out, &value, sizeof(value));
    assert_int_equal(out.struct_size, FIRST);
    assert_int_equal(out.a, 7);
    assert_int_equal(out.b, 2);
    out = (version){0, 1, 2};
    pgaii_versioned_write(&out, &value, sizeof(value));
    assert_int_equal(out.a, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_caller_gets_the_defaults),
        cmocka_unit_test(a_newer_caller_is_read_as_far_as_known),
        cmocka_unit_test(what_was_not_started_is_named),
        cmocka_unit_test(no_more_is_written_than_the_caller_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
