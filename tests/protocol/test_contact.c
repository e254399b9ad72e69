/* Fields by name and number, and contacts from text that was kept. */
#include <pgai/contact.h>

#include <stdbool.h>
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

typedef pgai_status reader(pgai_text text, pgai_contact **out, pgai_error *error);

static pgai_contact *read_with(reader *read, const char *text)
{
    pgai_contact *contact = NULL;
    pgai_error error = PGAI_ERROR_INIT;

    assert_int_equal(read(pgaii_text(text), &contact, &error), PGAI_OK);
    return contact;
}

static void
assert_refused(reader *read, const char *text, pgai_status expected, const char *message)
{
    pgai_contact *contact = (pgai_contact *)1;
    pgai_error error = PGAI_ERROR_INIT;

    assert_int_equal(read(pgaii_text(text), &contact, &error), expected);
    assert_null(contact);
    assert_contains(error.message, message);
    assert_int_equal(read(pgaii_text(text), &contact, NULL), expected);
}

static bool is_text(pgai_text text, const char *expected)
{
    return pgaii_text_equal(text, pgaii_text(expected));
}

static void a_body_that_was_kept_is_read(void **state)
{
    static const char *const texts[] = {
        "{\"id\":\"c1\",\"email\":null,\"skills\":[1]}",
        "{\"data\": {\"id\":\"c1\",\"email\":null,\"skills\":[1]}}",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        pgai_contact *contact = read_with(pgai_contact_parse_body, texts[i]);

        assert_true(is_text(pgai_contact_text(contact, PGAI_ID), "c1"));
        assert_int_equal(pgai_contact_presence(contact, PGAI_EMAIL), PGAI_PRESENCE_NULL);
        assert_true(is_text(pgai_contact_json(contact), texts[0]));
        pgai_contact_free(contact);
    }
    assert_refused(pgai_contact_parse_body, "{\"a\":1}", PGAI_DECODE, "not a contact");
}

/* An item of a list may be any object, and what it has under `data` is a field of it. */
static void the_text_of_any_contact_is_read_as_it_was(void **state)
{
    static const char *const texts[] = {
        "{\"id\":\"c1\", \"email\":null}",
        "{}",
        "{\"a\":1}",
        "{\"data\":{\"id\":\"c1\"}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        pgai_contact *contact = read_with(pgai_contact_parse, texts[i]);

        assert_true(is_text(pgai_contact_json(contact), texts[i]));
        assert_int_equal(pgai_contact_extra_count(contact), i >= 2);
        pgai_contact_free(contact);
    }
}

static void text_that_is_no_contact_is_refused(void **state)
{
    reader *const readers[] = {pgai_contact_parse, pgai_contact_parse_body};
    char *large = test_calloc(1, 8 * 1024 * 1024 + 2);

    (void)state;
    memset(large, ' ', 8 * 1024 * 1024 + 1);
    for (size_t i = 0; i < 2; i++) {
        assert_refused(readers[i], "", PGAI_DECODE, "is empty");
        assert_refused(readers[i], "{", PGAI_DECODE, "not a contact");
        assert_refused(readers[i], "[]", PGAI_DECODE, "not a contact");
        assert_refused(readers[i], large, PGAI_TOO_LARGE, "8 MiB");
    }
    test_free(large);
}

static bool lies_in(pgai_text whole, pgai_text part)
{
    return part.data >= whole.data &&
           part.data + part.length <= whole.data + whole.length;
}

static void a_layout_tells_where_the_fields_lie(void **state)
{
    pgai_contact_layout layout = PGAI_CONTACT_LAYOUT_INIT;
    pgai_contact *contact =
        read_with(pgai_contact_parse, "{\"first_name\":\"Zo\xC3\xAB\", \"a\":1, "
                                      "\"email\":null, \"last_name\":\"\\u0041\", "
                                      "\"phone\": [1.50], \"id\":\"c1\"}");

    (void)state;
    pgai_contact_layout_read(contact, &layout);
    assert_int_equal(layout.field_count, PGAI_FIELD_COUNT);
    assert_int_equal(layout.extra_count, 1);
    assert_int_equal(layout.in_order, 0);
    assert_ptr_equal(layout.json.data, pgai_contact_json(contact).data);
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        assert_int_equal(layout.presence[i],
                         pgai_contact_presence(contact, (pgai_field)i));
    assert_true(is_text(layout.values[PGAI_FIRST_NAME], "Zo\xC3\xAB"));
    assert_true(is_text(layout.values[PGAI_EMAIL], "null"));
    assert_true(is_text(layout.values[PGAI_LAST_NAME], "A"));
    assert_true(is_text(layout.values[PGAI_PHONE], "[1.50]"));
    for (int i = 0; i < PGAI_FIELD_COUNT; i++)
        if (layout.presence[i] != PGAI_PRESENCE_ABSENT)
            assert_int_equal(lies_in(layout.json, layout.values[i]), i != PGAI_LAST_NAME);
    pgai_contact_free(contact);

    pgai_contact_layout_read(NULL, &layout);
    assert_null(layout.json.data);
    assert_int_equal(layout.field_count, 0);
}

static void a_layout_tells_the_order(void **state)
{
    static const struct {
        const char *text;
        int in_order;
    } cases[] = {
        {"{}", 1},
        {"{\"id\":\"a\",\"x\":1,\"first_name\" : \"b\",\"updated_at\":null}", 1},
        {"{\"x\":1,\"\\u0069d\":\"a\",\"phone\":\"\\n\"}", 1},
        {"{\"email\":\"a\",\"id\":\"b\"}", 0},
        {"{\"id\":\"a\",\"id\":\"b\"}", 0},
        {"{\"id\":\"a\",\"email\":\"b\",\"phone\":null,\"email\":\"b\"}", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pgai_contact_layout layout = PGAI_CONTACT_LAYOUT_INIT;
        pgai_contact *contact = read_with(pgai_contact_parse, cases[i].text);

        pgai_contact_layout_read(contact, &layout);
        assert_int_equal(layout.in_order, cases[i].in_order);
        pgai_contact_free(contact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_fields_go_both_ways),
        cmocka_unit_test(null_is_an_empty_contact),
        cmocka_unit_test(a_body_that_was_kept_is_read),
        cmocka_unit_test(the_text_of_any_contact_is_read_as_it_was),
        cmocka_unit_test(text_that_is_no_contact_is_refused),
        cmocka_unit_test(a_layout_tells_where_the_fields_lie),
        cmocka_unit_test(a_layout_tells_the_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
