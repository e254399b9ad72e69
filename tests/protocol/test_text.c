/* Texts: numbers, blanks, UTF-8, percent-encoding and hashes. */
#include "protocol/text.h"
#include "support/unit.h"

static pgai_text bytes(const char *data, size_t length)
{
    return (pgai_text){data, length};
}

static void equality_is_of_bytes(void **state)
{
    (void)state;
    assert_true(pgaii_text_equal(pgaii_text("abc"), bytes("abcd", 3)));
    assert_false(pgaii_text_equal(pgaii_text("abc"), pgaii_text("abC")));
    assert_true(pgaii_text_equal_nocase(pgaii_text("aBc-1"), pgaii_text("AbC-1")));
    assert_false(pgaii_text_equal_nocase(pgaii_text("abc"), pgaii_text("abcd")));
    assert_false(pgaii_text_equal_nocase(pgaii_text("@"), pgaii_text("`")));
    assert_true(pgaii_text_equal(pgaii_text(NULL), pgaii_text(NULL)));
}

static void numbers_are_digits_within_64_bits(void **state)
{
    const char *const wrong[] = {"",
                                 "-1",
                                 "+1",
                                 "1 ",
                                 "1.0",
                                 "0x1",
                                 "9223372036854775808",
                                 "99999999999999999999"};
    int64_t number = 5;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(pgaii_text_number(pgaii_text(wrong[i]), &number));
    assert_int_equal(number, 5);
    assert_true(pgaii_text_number(pgaii_text("9223372036854775807"), &number));
    assert_true(number == INT64_MAX);
    assert_true(pgaii_text_number(pgaii_text("0060"), &number));
    assert_int_equal(number, 60);
}

static void trim_takes_blanks_only(void **state)
{
    (void)state;
    assert_text(pgaii_text_trim(pgaii_text(" \ta b\t ")), "a b");
    assert_int_equal(pgaii_text_trim(pgaii_text("  ")).length, 0);
}

static void utf8_is_that_of_rfc_3629(void **state)
{
    const char *const good[] = {"",
                                "abc",
                                "\xC2\x80",
                                "\xDF\xBF",
                                "\xE0\xA0\x80",
                                "\xED\x9F\xBF",
                                "\xEE\x80\x80",
                                "\xEF\xBF\xBF",
                                "\xF0\x90\x80\x80",
                                "\xF4\x8F\xBF\xBF",
                                "a\xC3\xA9z"};
    const char *const bad[] = {"\x80",
                               "\xC1\xBF",
                               "\xC2",
                               "\xE0\x9F\xBF",
                               "\xED\xA0\x80",
                               "\xE2\x82",
                               "\xF0\x8F\xBF\xBF",
                               "\xF4\x90\x80\x80",
                               "\xF5\x80\x80\x80",
                               "\xFF",
                               "\xC3\x28",
                               "\xE2\x28\xA1"};

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_int_equal(pgaii_utf8_check(pgaii_text(good[i])), strlen(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(pgaii_utf8_check(pgaii_text(bad[i])), 0);
    assert_int_equal(pgaii_utf8_check(pgaii_text("ok\xC3")), 2);
}

static void every_character_encodes_to_utf8(void **state)
{
    char out[4];

    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c += c < 0x1000 ? 1 : 251) {
        size_t length = pgaii_utf8_encode(c, out);

        if (c < 0xD800 || c > 0xDFFF)
            assert_int_equal(pgaii_utf8_check(bytes(out, length)), length);
    }
    assert_int_equal(pgaii_utf8_encode(0x1F600, out), 4);
    assert_memory_equal(out, "\xF0\x9F\x98\x80", 4);
}

static void percent_encoding_keeps_unreserved_only(void **state)
{
    pgaii_buffer out;

    (void)state;
    pgaii_buffer_init(&out, 100);
    assert_true(pgaii_percent_encode(&out, pgaii_text("aZ09-._~ /?#%\xC3\xA9+")));
    assert_string_equal(out.data, "aZ09-._~%20%2F%3F%23%25%C3%A9%2B");
    pgaii_buffer_clear(&out);
}

static void hashes_differ_and_are_never_zero(void **state)
{
    (void)state;
    assert_true(pgaii_text_hash(pgaii_text("a")) != pgaii_text_hash(pgaii_text("b")));
    assert_true(pgaii_text_hash(pgaii_text("")) != 0);
    assert_true(pgaii_text_hash(pgaii_text("a")) == pgaii_text_hash(bytes("ab", 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_is_of_bytes),
        cmocka_unit_test(numbers_are_digits_within_64_bits),
        cmocka_unit_test(trim_takes_blanks_only),
        cmocka_unit_test(utf8_is_that_of_rfc_3629),
        cmocka_unit_test(every_character_encodes_to_utf8),
        cmocka_unit_test(percent_encoding_keeps_unreserved_only),
        cmocka_unit_test(hashes_differ_and_are_never_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
