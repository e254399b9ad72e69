/* A program of today does the same with a library that knows more fields: that of this
 * build, or with NEWER one that has two more, in the middle of the table and at its end.
 */
#include <pgai/protocol.h>

#include "support/session.h"
#include "support/unit.h"

#ifdef NEWER
enum { IS_NEWER = 1 };
#else
enum { IS_NEWER = 0 };
#endif

/* A page of one contact: of the fields of today each is its name; of the two others,
 * which stand where the newer table has them, "long" and "new". */
static const char *page_body(void)
{
    static char body[4096];
    size_t length = 0;

    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        const char *name = pgai_field_name((pgai_field)i);

        if (i == PGAI_LINKEDIN_URL)
            length += (size_t)snprintf(body + length, sizeof(body) - length,
                                       ",\"tested_with_a_long_name\":\"long\"");
        length +=
            (size_t)snprintf(body + length, sizeof(body) - length, "%s\"%s\":\"%s\"",
                             i > 0 ? "," : "{\"data\":[{", name, name);
    }
    snprintf(body + length, sizeof(body) - length, ",\"tested_new\":\"new\"}]}");
    return body;
}

static pgai_text text_of(const char *text)
{
    return (pgai_text){text, strlen(text)};
}

/* The value of a field by its name, whether the library documents it or not. */
static pgai_text value_of(const pgai_contact *contact, const char *wanted)
{
    pgai_field field = pgai_field_find(text_of(wanted));
    pgai_text name = {NULL, 0};
    pgai_text value = {NULL, 0};

    if (field != PGAI_FIELD_NONE)
        return pgai_contact_text(contact, field);
    for (size_t i = 0; i < pgai_contact_extra_count(contact); i++) {
        pgai_contact_extra(contact, i, &name, &value);
        if (name.length == strlen(wanted) && memcmp(name.data, wanted, name.length) == 0)
            return (pgai_text){value.data + 1, value.length - 2}; /* without quotes */
    }
    return (pgai_text){NULL, 0};
}

static void a_library_that_is_newer_knows_more(void **state)
{
    static const char *const names[] = {"tested_with_a_long_name", "tested_new"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        pgai_field field = pgai_field_find(text_of(names[i]));

        assert_int_equal(field, IS_NEWER ? PGAI_FIELD_COUNT + i : PGAI_FIELD_NONE);
        if (IS_NEWER)
            assert_string_equal(pgai_field_name(field), names[i]);
    }
    assert_int_equal(pgai_field_find(text_of("shoe_size")), PGAI_FIELD_NONE);
    assert_null(pgai_field_name((pgai_field)(PGAI_FIELD_COUNT + 2 * IS_NEWER)));
}

static void lists_are_read_by_number_and_by_name(void **state)
{
    pgai_session *session = session_make();
    pgai_call *call = NULL;
    pgai_page *page;
    const pgai_contact *contact;

    (void)state;
    assert_int_equal(pgai_call_new_list(session, NULL, NULL, &call, NULL), PGAI_OK);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    assert_string_equal(session_target(call), "/contacts");
    session_response(call, 0, 200, page_body(), NULL);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_DONE);
    page = pgai_call_take_page(call);
    assert_int_equal(pgai_page_count(page), 1);
    contact = pgai_page_contact(page, 0);
    for (int i = 0; i < PGAI_FIELD_COUNT; i++) {
        const char *name = pgai_field_name((pgai_field)i);

        assert_text(pgai_contact_text(contact, (pgai_field)i), name);
        assert_int_equal(pgai_field_find(text_of(name)), i);
    }
    assert_text(pgai_contact_text(contact, PGAI_UPDATED_AT), "updated_at");
    assert_text(pgai_contact_text(contact, PGAI_LINKEDIN_URL), "linkedin_url");
    assert_text(value_of(contact, "tested_with_a_long_name"), "long");
    assert_text(value_of(contact, "tested_new"), "new");
    pgai_page_free(page);
    pgai_call_free(call);
    pgai_session_free(session);
}

/* The struct of this program, and what lies behind it. */
typedef struct surrounded {
    pgai_contact_fields fields;
    const char *behind[4];
} surrounded;

static surrounded given(void)
{
    surrounded made = {PGAI_CONTACT_FIELDS_INIT, {NULL}};

    for (size_t i = 0; i < COUNT(made.behind); i++)
        made.behind[i] = "this is not a field";
    return made;
}

static void creates_send_what_they_sent(void **state)
{
    pgai_session *session = session_make();
    pgai_call *call = NULL;
    surrounded made = given();

    (void)state;
    made.fields.first_name = "Sarah";
    made.fields.phone = "+1";
    made.fields.extra = "{\"tested_new\": \"SC\"}";
    assert_int_equal(pgai_call_new_create(session, &made.fields, NULL, &call, NULL),
                     PGAI_OK);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    assert_text(pgai_call_request(call)->body,
                "{\"first_name\":\"Sarah\",\"phone\":\"+1\",\"tested_new\": \"SC\"}");
    pgai_call_free(call);
    pgai_session_free(session);
}

static void no_member_lies_behind_the_struct(void **state)
{
    surrounded made = given();

    (void)state;
    for (int i = 0; i < PGAI_FIELD_COUNT + 2; i++) {
        const char **member = pgai_contact_fields_member(&made.fields, (pgai_field)i);

        if (member)
            *member = pgai_field_name((pgai_field)i);
    }
    for (size_t i = 0; i < COUNT(made.behind); i++)
        assert_string_equal(made.behind[i], "this is not a field");
    assert_string_equal(made.fields.first_name, "first_name");
    assert_string_equal(made.fields.phone, "phone");
    assert_null(made.fields.extra);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_library_that_is_newer_knows_more),
        cmocka_unit_test(lists_are_read_by_number_and_by_name),
        cmocka_unit_test(creates_send_what_they_sent),
        cmocka_unit_test(no_member_lies_behind_the_struct),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
