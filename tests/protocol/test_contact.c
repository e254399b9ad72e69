/* Fields by name and number, and contacts from text that was kept. */
#include <pgai/contact.h>

#include <string.h>

#include "protocol/text.h"
#include "support/unit.h"

static void names_and_fields_go_both_ways(void **state)
{
    (void)state;
    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++)
        assert_int_equal(pgai_field_find(pgaii_text(pgai_field_name((pgai_field)field))),
                         field);
    assert_string_equal(pgai_field_name(PGAI_LINKEDIN_URL), "linkedin_url");
    assert_null(pgai_field_name(PGAI_FIELD_COUNT));
    assert_null(pgai_field_name(PGAI_FIELD_NONE));
    assert_int_equal(pgai_field_find(pgaii_text("full_name")), PGAI_FIELD_NONE);
    assert_int_equal(pgai_field_find(pgaii_text("")), PGAI_FIELD_NONE);
}

static void null_is_an_empty_contact(void **state)
{
    pgai_text name;

    (void)state;
    assert_null(pgai_contact_text(NULL, PGAI_ID).data);
    assert_null(pgai_contact_value(NULL, PGAI_ID).data);
    assert_null(pgai_contact_json(NULL).data);
    assert_int_equal(pgai_contact_presence(NULL, PGAI_ID), PGAI_PRESENCE_ABSENT);
    assert_int_equal(pgai_contact_extra_count(NULL), 0);
    pgai_contact_extra(NULL, 0, &name, NULL);
    assert_null(name.data);
    pgai_contact_free(NULL);
}

static void assert_no_contact(const char *text, pgai_status expected, const char *message)
{
    pgai_contact *contact = (pgai_contact *)1;
    pgai_error error = PGAI_ERROR_INIT;

    assert_int_equal(pgai_contact_parse(pgaii_text(text), &contact, &error), expected);
    assert_null(contact);
    assert_non_null(strstr(error.message, message));
    assert_int_equal(pgai_contact_parse(pgaii_text(text), &contact, NULL), expected);
}

static void text_that_was_kept_is_read(void **state)
{
    static const char *const texts[] = {
        "{\"id\":\"c1\",\"email\":null,\"skills\":[1]}",
        "{\"data\": {\"id\":\"c1\",\"email\":null,\"skills\":[1]}}",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        pgai_contact *contact = NULL;
        pgai_error error = PGAI_ERROR_INIT;

        assert_int_equal(pgai_contact_parse(pgaii_text(texts[i]), &contact, &error),
                         PGAI_OK);
        assert_true(
            pgaii_text_equal(pgai_contact_text(contact, PGAI_ID), pgaii_text("c1")));
        assert_int_equal(pgai_contact_presence(contact, PGAI_EMAIL), PGAI_PRESENCE_NULL);
        assert_true(pgaii_text_equal(pgai_contact_json(contact), pgaii_text(texts[0])));
        pgai_contact_free(contact);
    }
}

static void text_that_is_no_contact_is_refused(void **state)
{
    char *large = test_calloc(1, 8 * 1024 * 1024 + 2);

    (void)state;
    assert_no_contact("", PGAI_DECODE, "is empty");
    assert_no_contact("{", PGAI_DECODE, "not a contact");
    assert_no_contact("[]", PGAI_DECODE, "not a contact");
    memset(large, ' ', 8 * 1024 * 1024 + 1);
    assert_no_contact(large, PGAI_TOO_LARGE, "8 MiB");
    test_free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_fields_go_both_ways),
        cmocka_unit_test(null_is_an_empty_contact),
        cmocka_unit_test(text_that_was_kept_is_read),
        cmocka_unit_test(text_that_is_no_contact_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
