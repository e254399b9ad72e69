/* Pages, and the bytes that they own. */
#include "protocol/page.h"
#include "protocol/text.h"
#include "support/unit.h"

static pgai_page *new_page(const char *body)
{
    pgaii_buffer buffer;

    pgaii_buffer_init(&buffer, 1000);
    pgaii_buffer_add_string(&buffer, body);
    return pgaii_page_new_take(&buffer);
}

static void a_page_takes_the_body_over(void **state)
{
    pgaii_buffer buffer;
    pgai_page *page;
    const char *data;

    (void)state;
    pgaii_buffer_init(&buffer, 1000);
    pgaii_buffer_add_string(&buffer, "body");
    data = buffer.data;
    page = pgaii_page_new_take(&buffer);
    assert_ptr_equal(page->body, data);
    assert_null(buffer.data);
    pgai_page_free(page);
    page = pgaii_page_new_take(&buffer);
    assert_string_equal(page->body, "");
    assert_int_equal(pgai_page_total(page), -1);
    pgai_page_free(page);
}

static void unescaped_texts_stay_where_they_are(void **state)
{
    pgai_page *page = new_page("as long as all that is unescaped");
    pgai_text first;
    pgai_text second;

    (void)state;
    assert_true(pgaii_page_unescape(page, pgaii_text("a\\nb"), &first));
    assert_true(pgaii_page_unescape(page, pgaii_text("\\u00e9"), &second));
    assert_text(first, "a\nb");
    assert_text(second, "\xC3\xA9");
    pgai_page_free(page);
}

static bool is_odd(void *data, const pgai_contact *contact)
{
    (void)data;
    return contact->index % 2 == 1;
}

static void dropping_keeps_order_and_index(void **state)
{
    pgai_page *page = new_page("");

    (void)state;
    for (int i = 0; i < 101; i++)
        assert_non_null(pgaii_page_add(page));
    assert_int_equal(pgaii_page_drop(page, is_odd, NULL), 50);
    assert_int_equal(pgai_page_count(page), 51);
    for (size_t i = 0; i < 51; i++)
        assert_int_equal(page->contacts[i].index, 2 * i);
    pgai_page_free(page);
}

static void null_is_an_empty_page(void **state)
{
    (void)state;
    assert_int_equal(pgai_page_count(NULL), 0);
    assert_null(pgai_page_contact(NULL, 0));
    assert_int_equal(pgai_page_number(NULL), -1);
    assert_int_equal(pgai_page_limit(NULL), -1);
    assert_int_equal(pgai_page_total(NULL), -1);
    pgai_page_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_takes_the_body_over),
        cmocka_unit_test(unescaped_texts_stay_where_they_are),
        cmocka_unit_test(dropping_keeps_order_and_index),
        cmocka_unit_test(null_is_an_empty_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
