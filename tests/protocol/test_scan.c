/* Pages and contacts read from JSON, compared with jansson. */
#include "protocol/page.h"
#include "protocol/scan.h"
#include "protocol/text.h"
#include "support/oracle.h"
#include "support/pages.h"
#include "support/unit.h"

static pgai_page *page_of(const char *body)
{
    pgaii_buffer copy;

    pgaii_buffer_init(&copy, 1 << 20);
    pgaii_buffer_add_string(&copy, body);
    return pgaii_page_new_take(&copy);
}

static pgai_page *scan_page(const char *body)
{
    pgai_page *page = page_of(body);
    pgaii_scan_fault fault = {NULL, 0};

    if (pgaii_scan_page(page, &fault) != PGAII_SCAN_OK)
        fail_msg("refused (%s): %s", fault.reason ? fault.reason : "syntax", body);
    return page;
}

static pgai_page *scan_contact(const char *body)
{
    pgai_page *page = page_of(body);
    pgaii_scan_fault fault = {NULL, 0};

    if (pgaii_scan_contact(page, &fault) != PGAII_SCAN_OK)
        fail_msg("refused (%s): %s", fault.reason ? fault.reason : "syntax", body);
    return page;
}

static void the_documented_page(void **state)
{
    pgai_page *page = scan_page(
        "{\"data\":[{\"id\":\"c1\",\"first_name\":\"Sarah\",\"last_name\":\"Connor\","
        "\"email\":\"[email protected]\"},{\"id\":\"c2\"}],"
        "\"pagination\":{\"page\":1,\"limit\":25,\"total\":2}}");
    const pgai_contact *contact = pgai_page_contact(page, 0);

    (void)state;
    assert_int_equal(pgai_page_count(page), 2);
    assert_int_equal(pgai_page_number(page), 1);
    assert_int_equal(pgai_page_limit(page), 25);
    assert_int_equal(pgai_page_total(page), 2);
    assert_text(pgai_contact_text(contact, PGAI_ID), "c1");
    assert_text(pgai_contact_text(contact, PGAI_EMAIL), "[email protected]");
    assert_int_equal(pgai_contact_presence(contact, PGAI_PHONE), PGAI_PRESENCE_ABSENT);
    assert_text(pgai_contact_json(pgai_page_contact(page, 1)), "{\"id\":\"c2\"}");
    assert_null(pgai_page_contact(page, 2));
    pgai_page_free(page);
}

static void presence_tells_null_from_absent_from_other(void **state)
{
    pgai_page *page =
        scan_contact("{ \"last_name\" : null , \"company\" : {\"name\": \"X\"} ,"
                     " \"id\" : \"\" , \"phone\": 12.50 }");
    const pgai_contact *contact = pgai_page_contact(page, 0);

    (void)state;
    assert_int_equal(pgai_contact_presence(contact, PGAI_LAST_NAME), PGAI_PRESENCE_NULL);
    assert_null(pgai_contact_text(contact, PGAI_LAST_NAME).data);
    assert_int_equal(pgai_contact_presence(contact, PGAI_COMPANY), PGAI_PRESENCE_OTHER);
    assert_null(pgai_contact_text(contact, PGAI_COMPANY).data);
    assert_text(pgai_contact_value(contact, PGAI_COMPANY), "{\"name\": \"X\"}");
    assert_text(pgai_contact_value(contact, PGAI_PHONE), "12.50");
    assert_int_equal(pgai_contact_presence(contact, PGAI_ID), PGAI_PRESENCE_TEXT);
    assert_text(pgai_contact_text(contact, PGAI_ID), "");
    assert_null(pgai_contact_value(contact, PGAI_ID).data);
    pgai_page_free(page);
}

static void unknown_fields_keep_order_and_text(void **state)
{
    pgai_page *page =
        scan_contact("{\"id\":\"1\",\"skills\":[\"a\", \"b\"],\"score\":1e400,"
                     "\"n\\u00e4me\":null,\"skills\":[ ]}");
    const pgai_contact *contact = pgai_page_contact(page, 0);
    pgai_text name;
    pgai_text value;

    (void)state;
    assert_int_equal(pgai_contact_extra_count(contact), 3);
    pgai_contact_extra(contact, 0, &name, &value);
    assert_text(name, "score");
    assert_text(value, "1e400");
    pgai_contact_extra(contact, 1, &name, NULL);
    assert_text(name, "n\xC3\xA4me");
    pgai_contact_extra(contact, 2, &name, &value);
    assert_text(name, "skills");
    assert_text(value, "[ ]");
    pgai_contact_extra(contact, 3, &name, &value);
    assert_null(name.data);
    pgai_page_free(page);
}

static void many_unknown_fields_settle_to_the_last_of_a_name(void **state)
{
    pgaii_buffer body;
    pgai_page *page;
    const pgai_contact *contact;
    pgai_text name;
    pgai_text value;

    (void)state;
    pgaii_buffer_init(&body, 1 << 20);
    pgaii_buffer_add_string(&body, "{\"id\":\"1\"");
    for (int i = 0; i < 100; i++)
        pgaii_buffer_printf(&body, ",\"k%d\":%d", i % 30, i);
    pgaii_buffer_add_string(&body, "}");
    page = scan_contact(body.data);
    contact = pgai_page_contact(page, 0);
    assert_int_equal(pgai_contact_extra_count(contact), 30);
    pgai_contact_extra(contact, 0, &name, &value);
    assert_text(name, "k10");
    assert_text(value, "70");
    pgai_contact_extra(contact, 29, &name, &value);
    assert_text(name, "k9");
    assert_text(value, "99");
    pgai_page_free(page);
    pgaii_buffer_clear(&body);
}

static void a_contact_may_be_bare_or_under_data(void **state)
{
    pgai_page *page = scan_contact("{\"data\": {\"id\":\"1\",\"data\":{}} , \"meta\":1}");

    (void)state;
    assert_text(pgai_contact_text(pgai_page_contact(page, 0), PGAI_ID), "1");
    assert_int_equal(pgai_contact_extra_count(pgai_page_contact(page, 0)), 1);
    pgai_page_free(page);
    page = scan_contact("{\"id\":\"1\",\"data\":{\"id\":\"2\"}}");
    assert_text(pgai_contact_text(pgai_page_contact(page, 0), PGAI_ID), "1");
    pgai_page_free(page);
}

static void a_wrong_shape_is_named(void **state)
{
    static const struct {
        const char *body;
        const char *reason;
        bool page;
    } cases[] = {
        {"[]", "it is not an object", true},
        {"{}", "`data` is missing", true},
        {"{\"data\":{}}", "`data` is not an array", true},
        {"{\"data\":[{},7]}", "an item of `data` is not an object", true},
        {"{\"data\":[],\"data\":null}", "`data` is not an array", true},
        {"\"x\"", "it is not an object", false},
        {"{}", "it has none of a contact's fields", false},
        {"{\"error\":\"x\"}", "it has none of a contact's fields", false},
        {"{\"data\":{\"x\":1}}", "it has none of a contact's fields", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_page *page = page_of(cases[i].body);
        pgaii_scan_fault fault = {NULL, 0};

        assert_int_equal(cases[i].page ? pgaii_scan_page(page, &fault)
                                       : pgaii_scan_contact(page, &fault),
                         PGAII_SCAN_SHAPE);
        assert_string_equal(fault.reason, cases[i].reason);
        pgai_page_free(page);
    }
}

static void what_is_not_json_is_a_syntax_error_first(void **state)
{
    const char *const cases[] = {"",
                                 "x",
                                 "{\"data\":[}",
                                 "{\"data\":5,}",
                                 "{\"data\":[]} x",
                                 "{\"data\":[{\"id\":\"a\"",
                                 "\xEF\xBB\xBF{\"data\":[]}",
                                 "{\"data\":[{\"id\":\"\xFF\"}]}"};
    pgaii_scan_fault fault = {NULL, 0};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_page *page = page_of(cases[i]);

        assert_int_equal(pgaii_scan_page(page, &fault), PGAII_SCAN_SYNTAX);
        pgai_page_free(page);
    }
}

static void pagination_that_is_odd_is_not_known(void **state)
{
    pgai_page *page =
        scan_page("{\"data\":[],\"pagination\":{\"page\":\"1\",\"limit\":-5,"
                  "\"total\":99999999999999999999}}");

    (void)state;
    assert_int_equal(pgai_page_number(page), -1);
    assert_int_equal(pgai_page_limit(page), -1);
    assert_int_equal(pgai_page_total(page), -1);
    pgai_page_free(page);
    page = scan_page("{\"pagination\":[1],\"data\":[]}");
    assert_int_equal(pgai_page_total(page), -1);
    pgai_page_free(page);
}

/* Without a bound, 8 MiB of empty objects would take 650 MiB. */
static void a_page_of_too_many_contacts_is_refused(void **state)
{
    for (int count = 20000; count <= 20001; count++) {
        pgaii_buffer body;
        pgai_page *page;
        pgaii_scan_fault fault = {NULL, 0};

        pgaii_buffer_init(&body, 1 << 20);
        pgaii_buffer_add_string(&body, "{\"data\":[{}");
        for (int i = 1; i < count; i++)
            pgaii_buffer_add_string(&body, ",{}");
        pgaii_buffer_add_string(&body, "]}");
        page = pgaii_page_new_take(&body);
        assert_int_equal(pgaii_scan_page(page, &fault),
                         count == 20000 ? PGAII_SCAN_OK : PGAII_SCAN_SHAPE);
        assert_int_equal(pgai_page_count(page), 20000);
        pgai_page_free(page);
    }
    (void)state;
}

static void whole_pages_equal_what_jansson_reads(void **state)
{
    char why[128];

    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        pgaii_buffer body;

        pgaii_buffer_init(&body, 1 << 20);
        pages_write(&body, (page_style)(seed % 3), seed, 50);
        if (!oracle_agrees(body.data, body.length, why, sizeof(why)))
            fail_msg("page %d: %s", (int)seed, why);
        pgaii_buffer_clear(&body);
    }
}

static void more_unknown_fields_than_a_page_can_have_are_refused(void **state)
{
    pgaii_buffer body;
    pgai_page *page;
    pgaii_scan_fault fault = {NULL, 0};

    (void)state;
    pgaii_buffer_init(&body, 8 << 20);
    pgaii_buffer_add_string(&body, "{\"id\":\"1\"");
    for (int i = 0; i < 100001; i++)
        pgaii_buffer_printf(&body, ",\"%x\":1", i);
    pgaii_buffer_add_string(&body, "}");
    page = pgaii_page_new_take(&body);
    assert_int_equal(pgaii_scan_contact(page, &fault), PGAII_SCAN_SHAPE);
    assert_contains(fault.reason, "unknown fields");
    pgai_page_free(page);
}

/* The place is that of the first byte that is wrong. */
static void faults_are_explained_with_their_place(void **state)
{
    static const struct {
        const char *body;
        const char *words;
    } cases[] = {
        {"", "it is empty"},
        {"{\"data\":\n [}", "it is not JSON from line 2 column 3 on"},
        {"{\"data\":[]} x", "it is not JSON from line 1 column 13 on"},
        {"{\"data\":[", "its JSON ends too early, at line 1 column 10"},
        {"{\"data\":[\"a", "its JSON ends too early, at line 1 column 12"},
        {"{\"data\":[\"a\\q\"]}", "it is not JSON from line 1 column 12 on"},
        {"{\"data\":[\"a\xFF\"]}", "it is not JSON from line 1 column 12 on"},
        {"{\"data\":[1.]}", "it is not JSON from line 1 column 12 on"},
        {"{\"data\":[truth]}", "it is not JSON from line 1 column 10 on"},
        {"[]", "it is not an object"},
    };
    char words[128];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_text body = pgaii_text(cases[i].body);
        pgai_page *page = page_of(body.data);
        pgaii_scan_fault fault;
        pgaii_scan result = pgaii_scan_page(page, &fault);

        pgaii_scan_explain(result, &fault, body, words, sizeof(words));
        assert_string_equal(words, cases[i].words);
        pgai_page_free(page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_explained_with_their_place),
        cmocka_unit_test(the_documented_page),
        cmocka_unit_test(presence_tells_null_from_absent_from_other),
        cmocka_unit_test(unknown_fields_keep_order_and_text),
        cmocka_unit_test(many_unknown_fields_settle_to_the_last_of_a_name),
        cmocka_unit_test(a_contact_may_be_bare_or_under_data),
        cmocka_unit_test(a_wrong_shape_is_named),
        cmocka_unit_test(what_is_not_json_is_a_syntax_error_first),
        cmocka_unit_test(pagination_that_is_odd_is_not_known),
        cmocka_unit_test(a_page_of_too_many_contacts_is_refused),
        cmocka_unit_test(more_unknown_fields_than_a_page_can_have_are_refused),
        cmocka_unit_test(whole_pages_equal_what_jansson_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
