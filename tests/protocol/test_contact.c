#include <pgai/contact.h>

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
    assert_int_equal(pgai_field_find(pgaii_text("full_name")), PGAI_FIELD_COUNT);
    assert_int_equal(pgai_field_find(pgaii_text("")), PGAI_FIELD_COUNT);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_fields_go_both_ways),
        cmocka_unit_test(null_is_an_empty_contact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
