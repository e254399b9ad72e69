#include "protocol/hash.h"
#include "protocol/text.h"
#include "support/unit.h"

static void hashes_differ_and_are_never_zero(void **state)
{
    (void)state;
    assert_true(pgaii_hash(pgaii_text("a")) != pgaii_hash(pgaii_text("b")));
    assert_true(pgaii_hash(pgaii_text("")) != 0);
    assert_true(pgaii_hash(pgaii_text("a")) == pgaii_hash((pgai_text){"ab", 1}));
}

/* Cursors that were kept hold it. */
static void the_hash_of_cursors_stays_the_same(void **state)
{
    (void)state;
    assert_int_equal(pgaii_hash(pgaii_text("c1")), 0x8FF0460C8AAC44C3);
    assert_int_equal(pgaii_hash(pgaii_text("7b0b9a52-3ab8-4b5e-9f57-0d5f3c1a9e77")),
                     0xDBFD5290296EE948);
}

/* Made with a program of their own after the paper. */
static void keyed_hashes_are_those_of_siphash(void **state)
{
    static const struct {
        size_t length;
        uint64_t hash;
    } cases[] = {
        {0, 0xABAC0158050FC4DC},  {1, 0xC9F49BF37D57CA93},  {7, 0xD3927D989BB11140},
        {8, 0x369095118D299A8E},  {15, 0xD320D86D2A519956}, {16, 0xCC4FDD1A7D908B66},
        {36, 0x2CF508D3ADA26206},
    };
    const pgaii_hash_key key = {{0x0706050403020100, 0x0F0E0D0C0B0A0908}};
    char text[36];

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)i;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(pgaii_hash_keyed(&key, (pgai_text){text, cases[i].length}),
                         cases[i].hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_differ_and_are_never_zero),
        cmocka_unit_test(the_hash_of_cursors_stays_the_same),
        cmocka_unit_test(keyed_hashes_are_those_of_siphash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
