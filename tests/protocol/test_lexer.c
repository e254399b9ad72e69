/* What is JSON and what is not, and what its escapes mean. */
#include <stdlib.h>

#include "protocol/lexer.h"
#include "protocol/text.h"
#include "support/unit.h"

/* The text in a block of its own size, so that sanitizers see each byte read too far. */
static bool is_value(const char *text)
{
    size_t length = strlen(text);
    char *copy = malloc(length + 1);
    pgaii_lexer lexer;
    pgai_text value;
    bool ok;

    memcpy(copy, text, length + 1);
    pgaii_lexer_init(&lexer, (pgai_text){copy, length});
    ok = pgaii_lex_value(&lexer, &value);
    if (ok) {
        pgaii_lex_blank(&lexer);
        ok = lexer.at == lexer.end;
    }
    free(copy);
    return ok;
}

static void json_is_that_of_rfc_8259(void **state)
{
    const char *const good[] = {"0",
                                "-0",
                                "10",
                                "1.5",
                                "1e5",
                                "1E+5",
                                "-0.0e-0",
                                "\"\"",
                                "\"a b\"",
                                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
                                "true",
                                "false",
                                "null",
                                "[]",
                                "[ ]",
                                "[1,[2],{}]",
                                "{}",
                                " { } ",
                                "{\"a\":1,\"b\":[]}",
                                "\t\r\n 1 \t",
                                "\"\x7F\""};

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        if (!is_value(good[i]))
            fail_msg("refused: %s", good[i]);
    }
}

static void what_is_no_json_is_refused(void **state)
{
    const char *const bad[] = {"",
                               " ",
                               "01",
                               "-",
                               "+1",
                               "1.",
                               ".5",
                               "1e",
                               "1e+",
                               "0x1",
                               "NaN",
                               "Infinity",
                               "tru",
                               "nul",
                               "True",
                               "\"",
                               "\"a",
                               "\"\\",
                               "\"\\x\"",
                               "\"\\u12g4\"",
                               "\"\\u123",
                               "\"a\nb\"",
                               "\"\x1F\"",
                               "'a'",
                               "[",
                               "[1",
                               "[1,",
                               "[1,]",
                               "[,1]",
                               "[1 2]",
                               "{",
                               "{\"a\"",
                               "{\"a\":",
                               "{\"a\":1",
                               "{\"a\":1,",
                               "{\"a\":1,}",
                               "{a:1}",
                               "{\"a\" 1}",
                               "{1:2}",
                               "1 2",
                               "]",
                               "}",
                               "{\"\\u0000\":1}"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (is_value(bad[i]))
            fail_msg("accepted: %s", bad[i]);
    }
}

static void depth_ends_at_64(void **state)
{
    char text[2 * 65 + 1];

    (void)state;
    for (size_t depth = 64; depth <= 65; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        assert_int_equal(is_value(text), depth <= PGAII_MAX_DEPTH);
    }
}

/* Strings of each length around the 16 bytes that are looked at together, with each kind
 * of byte at each place. */
static void every_place_in_a_vector_is_looked_at(void **state)
{
    const char *const special[] = {"\\n", "\xC3\xA9", "\x01", "\\"};
    char text[128];

    (void)state;
    for (size_t length = 0; length < 50; length++) {
        for (size_t at = 0; at <= length; at++) {
            for (size_t kind = 0; kind < COUNT(special); kind++) {
                snprintf(text, sizeof(text), "\"%.*s%s%.*s\"", (int)at,
                         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                         special[kind], (int)(length - at),
                         "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
                assert_int_equal(is_value(text), kind < 2);
            }
        }
    }
}

/* The string of @p before letters and four bytes, with blanks behind it, so that vectors
 * are read. */
static bool string_is_read(size_t before, const unsigned char four[4])
{
    char text[96];
    pgaii_lexer lexer;
    pgai_text string;

    memset(text, ' ', sizeof(text));
    memset(text, 'x', before + 1);
    text[0] = '"';
    memcpy(text + before + 1, four, 4);
    text[before + 5] = '"';
    text[sizeof(text) - 1] = '\0';
    pgaii_lexer_init(&lexer, (pgai_text){text, sizeof(text) - 1});
    return pgaii_lex_string(&lexer, &string) && string.length == before + 4;
}

/* Four bytes, each next to where a range of RFC 3629 begins or ends, at the beginning of
 * a vector, and before, at and behind its end. */
static void utf8_in_strings_is_that_of_rfc_3629(void **state)
{
    static const unsigned char edges[] = {0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                          0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
                                          0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};
    const size_t before[] = {0, 14, 27, 28, 29};
    size_t all = COUNT(edges) * COUNT(edges) * COUNT(edges) * COUNT(edges);

    (void)state;
    for (size_t i = 0; i < all; i++) {
        unsigned char four[4];
        pgai_text text = {(const char *)four, sizeof(four)};
        bool good;

        for (size_t at = 0, rest = i; at < sizeof(four); at++, rest /= COUNT(edges))
            four[at] = edges[rest % COUNT(edges)];
        good = pgaii_utf8_check(text) == sizeof(four);
        for (size_t j = 0; j < COUNT(before); j++) {
            if (string_is_read(before[j], four) != good)
                fail_msg("%02x %02x %02x %02x behind %zu letters", four[0], four[1],
                         four[2], four[3], before[j]);
        }
    }
}

static void unescape(const char *raw, const char *expected, size_t length)
{
    char out[64];

    assert_int_equal(pgaii_unescape(pgaii_text(raw), out), length);
    assert_memory_equal(out, expected, length);
}

static void escapes_mean_what_they_say(void **state)
{
    (void)state;
    unescape("plain", "plain", 5);
    unescape("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8);
    unescape("\\u0041\\u00e9\\u20AC", "A\xC3\xA9\xE2\x82\xAC", 6);
    unescape("\\ud83d\\ude00!", "\xF0\x9F\x98\x80!", 5);
    unescape("a\\u0000b", "a\0b", 3);
}

static void lone_surrogates_become_replacement_characters(void **state)
{
    (void)state;
    unescape("\\ud83d", "\xEF\xBF\xBD", 3);
    unescape("\\ude00x", "\xEF\xBF\xBDx", 4);
    unescape("\\ud83d\\u0041",
             "\xEF\xBF\xBD"
             "A",
             4);
    unescape("\\ud83d\\ud83d\\ude00", "\xEF\xBF\xBD\xF0\x9F\x98\x80", 7);
    unescape("\\ud83d\\n", "\xEF\xBF\xBD\n", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_that_of_rfc_8259),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(depth_ends_at_64),
        cmocka_unit_test(every_place_in_a_vector_is_looked_at),
        cmocka_unit_test(utf8_in_strings_is_that_of_rfc_3629),
        cmocka_unit_test(escapes_mean_what_they_say),
        cmocka_unit_test(lone_surrogates_become_replacement_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
