/* SHA-256, by the examples of FIPS 180-4 and by lengths at the edges of blocks. */
#include "protocol/sha256.h"

#include "support/unit.h"

static void assert_hash(const void *data, size_t length, const char *expected)
{
    unsigned char hash[PGAII_SHA256_BYTES];
    char text[2 * PGAII_SHA256_BYTES + 1];

    pgaii_sha256(data, length, hash);
    for (size_t i = 0; i < sizeof(hash); i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(text, expected);
}

static void examples(void **state)
{
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char many[200];

    memset(many, 'x', sizeof(many));
    (void)state;
    assert_hash("", 0,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash("abc", 3,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash(two, strlen(two),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hash(many, 55,
                "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072");
    assert_hash(many, 56,
                "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e");
    assert_hash(many, 63,
                "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2");
    assert_hash(many, 64,
                "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c");
    assert_hash(many, 65,
                "9537c5fdf120482f7d58d25e9ed583f52c02b4e304ea814db1633ad565aed7e9");
    assert_hash(many, 119,
                "000b48d4edf0fa7bee3c6236ecd2785baa5db4eeb8bb54341b029e0d9fa5fb0c");
    assert_hash(many, 120,
                "13f05a0b594787f5ecd315edc96141bd3243203d1b7d4f0836f37308b276ba98");
    assert_hash(many, 128,
                "24da1b81d0b16df6428eee73c69fcb2a93c76bc6df706f0c6670fe6bfe800464");
    assert_hash(many, 200,
                "aa20c23e3201834050679e1d88941b9a6fed0557c9a705cb2c315e2e63fd486d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
