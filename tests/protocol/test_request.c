/* Requests, to the byte. */
#include "protocol/request.h"
#include "support/session.h"
#include "support/unit.h"

static const char *header(const pgaii_request *request, const char *name)
{
    for (size_t i = 0; i < request->view.header_count; i++) {
        if (strcmp(request->view.headers[i].name.data, name) == 0)
            return request->view.headers[i].value.data;
    }
    return NULL;
}

static void a_list_sends_what_it_was_given(void **state)
{
    pgai_session *session = session_make();
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgaii_request request;

    (void)state;
    assert_int_equal(pgaii_request_list(&request, session, NULL, NULL), PGAI_OK);
    assert_string_equal(request.view.method, "GET");
    assert_string_equal(request.view.target, "/v1/contacts");
    assert_string_equal(request.view.url, "http://127.0.0.1:8080/v1/contacts");
    assert_string_equal(request.view.host, "127.0.0.1");
    assert_int_equal(request.view.port, 8080);
    assert_string_equal(header(&request, "x-api-key"), session_key);
    assert_string_equal(header(&request, "accept"), "application/json");
    assert_null(header(&request, "content-type"));
    assert_int_equal(request.view.once, 0);
    pgaii_request_clear(&request);
    options.limit = 1000;
    assert_int_equal(pgaii_request_list(&request, session, &options, NULL), PGAI_OK);
    assert_string_equal(request.view.target, "/v1/contacts?limit=1000");
    pgaii_request_clear(&request);
    options.page = 3;
    assert_int_equal(pgaii_request_list(&request, session, &options, NULL), PGAI_OK);
    assert_string_equal(request.view.target, "/v1/contacts?page=3&limit=1000");
    pgaii_request_clear(&request);
    pgai_session_free(session);
}

static void counts_below_one_are_refused(void **state)
{
    pgai_session *session = session_make();
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_request request;

    (void)state;
    options.page = 0;
    assert_int_equal(pgaii_request_list(&request, session, &options, &error), PGAI_USAGE);
    assert_contains(error.message, "page is 0");
    options.page = 1;
    options.limit = -1;
    assert_int_equal(pgaii_request_list(&request, session, &options, &error), PGAI_USAGE);
    assert_contains(error.message, "limit is -1");
    pgai_session_free(session);
}

static void an_id_is_one_encoded_segment(void **state)
{
    pgai_session *session = session_make();
    pgaii_request request;

    (void)state;
    assert_int_equal(pgaii_request_get(&request, session, "a/../b ?\xC3\xA9", NULL),
                     PGAI_OK);
    assert_string_equal(request.view.target, "/v1/contacts/a%2F..%2Fb%20%3F%C3%A9");
    pgaii_request_clear(&request);
    pgai_session_free(session);
}

static void ids_that_cannot_be_one_are_refused(void **state)
{
    pgai_session *session = session_make();
    char longest[258];
    const char *const wrong[] = {NULL, "", ".", "..", "a\nb", "a\x7F", "\xFF", longest};
    pgaii_request request;

    (void)state;
    memset(longest, 'x', 257);
    longest[257] = '\0';
    for (size_t i = 0; i < COUNT(wrong); i++) {
        pgai_error error = PGAI_ERROR_INIT;

        assert_int_equal(pgaii_request_get(&request, session, wrong[i], &error),
                         PGAI_USAGE);
        assert_contains(error.message, "id ");
    }
    longest[256] = '\0';
    assert_int_equal(pgaii_request_get(&request, session, longest, NULL), PGAI_OK);
    pgaii_request_clear(&request);
    pgai_session_free(session);
}

static void create_body(const pgai_contact_fields *fields, const char *expected)
{
    pgai_session *session = session_make();
    pgaii_request request;

    assert_int_equal(pgaii_request_create(&request, session, fields, NULL), PGAI_OK);
    assert_string_equal(request.view.method, "POST");
    assert_string_equal(request.view.target, "/v1/contacts");
    assert_string_equal(request.view.body.data, expected);
    assert_int_equal(request.view.body.length, strlen(expected));
    assert_string_equal(header(&request, "content-type"), "application/json");
    assert_int_equal(request.view.once, 1);
    pgaii_request_clear(&request);
    pgai_session_free(session);
}

static void a_create_sends_the_fields_that_are_given(void **state)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;

    (void)state;
    create_body(&fields, "{}");
    fields.phone = "+1";
    fields.first_name = "Sa\"r\xC3\xA4h\n";
    create_body(&fields, "{\"first_name\":\"Sa\\\"r\xC3\xA4h\\n\",\"phone\":\"+1\"}");
    fields.extra =
        " { \"n\" : 123456789012345678901234567890.10 , \"company\":{\"a\": 1} } ";
    create_body(&fields,
                "{\"first_name\":\"Sa\\\"r\xC3\xA4h\\n\",\"phone\":\"+1\","
                "\"n\" : 123456789012345678901234567890.10 , \"company\":{\"a\": 1}}");
    fields = (pgai_contact_fields)PGAI_CONTACT_FIELDS_INIT;
    fields.extra = "{ }";
    create_body(&fields, "{}");
}

static void each_field_that_can_be_written_has_a_member(void **state)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;

    (void)state;
    assert_ptr_equal(pgai_contact_fields_member(&fields, PGAI_FIRST_NAME),
                     &fields.first_name);
    assert_ptr_equal(pgai_contact_fields_member(&fields, PGAI_PHONE), &fields.phone);
    assert_null(pgai_contact_fields_member(&fields, PGAI_ID));
    assert_null(pgai_contact_fields_member(&fields, PGAI_CREATED_AT));
    assert_null(pgai_contact_fields_member(&fields, PGAI_FIELD_COUNT));
}

static void wrong_fields_are_named(void **state)
{
    static const struct {
        const char *email;
        const char *extra;
        const char *word;
    } cases[] = {
        {"\xC3(", NULL, "email is not valid UTF-8 at byte 0"},
        {NULL, "", "extra"},
        {NULL, "[]", "extra must be a JSON object"},
        {NULL, "{\"a\":}", "line 1"},
        {NULL, "{\"a\":\"\xFF\"}", "extra"},
        {"a", "{\"em\\u0061il\":\"b\"}", "email is given twice"},
    };
    pgai_session *session = session_make();
    pgaii_request request;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
        pgai_error error = PGAI_ERROR_INIT;

        fields.email = cases[i].email;
        fields.extra = cases[i].extra;
        assert_int_equal(pgaii_request_create(&request, session, &fields, &error),
                         PGAI_USAGE);
        assert_contains(error.message, cases[i].word);
    }
    assert_int_equal(pgaii_request_create(&request, session, NULL, NULL), PGAI_USAGE);
    pgai_session_free(session);
}

static void a_body_beyond_a_mebibyte_is_refused(void **state)
{
    static char huge[1200000];
    pgai_session *session = session_make();
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgaii_request request;

    (void)state;
    memset(huge, 'x', sizeof(huge) - 1);
    fields.job_title = huge;
    assert_int_equal(pgaii_request_create(&request, session, &fields, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "too large");
    fields.job_title = NULL;
    fields.extra = huge;
    assert_int_equal(pgaii_request_create(&request, session, &fields, &error),
                     PGAI_USAGE);
    assert_contains(error.message, "too large");
    pgai_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_sends_what_it_was_given),
        cmocka_unit_test(counts_below_one_are_refused),
        cmocka_unit_test(an_id_is_one_encoded_segment),
        cmocka_unit_test(ids_that_cannot_be_one_are_refused),
        cmocka_unit_test(a_create_sends_the_fields_that_are_given),
        cmocka_unit_test(each_field_that_can_be_written_has_a_member),
        cmocka_unit_test(wrong_fields_are_named),
        cmocka_unit_test(a_body_beyond_a_mebibyte_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
