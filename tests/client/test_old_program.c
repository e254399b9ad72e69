/* Programs that were compiled against an older header, in which structs were shorter. */
#include <pgai/pgai.h>
#include <pgai/protocol.h>

#include "support/peer.h"
#include "support/samples.h"
#include "support/unit.h"

/* A struct as such a program has it, with memory of its own behind. */
#define OLD(type)                                                                        \
    union {                                                                              \
        type it;                                                                         \
        unsigned char bytes[sizeof(type)];                                               \
    }

static void cut(void *old, size_t known, size_t size)
{
    memcpy(old, &known, sizeof(known));
    memset((unsigned char *)old + known, 0xA5, size - known);
}

static void assert_untouched(const void *old, size_t known, size_t size)
{
    size_t given;

    memcpy(&given, old, sizeof(given));
    assert_int_equal(given, known);
    for (size_t i = known; i < size; i++)
        assert_int_equal(((const unsigned char *)old)[i], 0xA5);
}

static void errors_are_filled_as_far_as_they_go(void **state)
{
    static const size_t sizes[] = {
        sizeof(size_t), offsetof(pgai_error, message), offsetof(pgai_error, code),
        offsetof(pgai_error, details), offsetof(pgai_error, response)};
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_client *client = NULL;

    (void)state;
    options.api_key = SAMPLE_KEY;
    options.max_attempts = -1;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        OLD(pgai_error) old = {PGAI_ERROR_INIT};

        cut(&old, sizes[i], sizeof(old));
        assert_int_equal(pgai_client_new(&options, &client, &old.it), PGAI_USAGE);
        if (sizes[i] > offsetof(pgai_error, status))
            assert_int_equal(old.it.status, PGAI_USAGE);
        assert_untouched(&old, sizes[i], sizeof(old));
    }
}

static void errors_of_calls_too(void **state)
{
    char bytes[512];
    const peer_response script = {
        bytes, peer_format(bytes, sizeof(bytes), 404, NULL, "{\"error\":\"no\"}"), 0,
        NULL, PEER_KEEP};
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    OLD(pgai_error) old = {PGAI_ERROR_INIT};
    peer *server = peer_start();
    pgai_client *client = NULL;
    pgai_contact *contact = NULL;

    (void)state;
    peer_script(server, &script, 1);
    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(server);
    assert_int_equal(pgai_client_new(&options, &client, NULL), PGAI_OK);
    cut(&old, offsetof(pgai_error, code), sizeof(old));
    assert_int_equal(pgai_contacts_get(client, "c1", &contact, &old.it), PGAI_NOT_FOUND);
    assert_string_equal(old.it.message, "no");
    assert_untouched(&old, offsetof(pgai_error, code), sizeof(old));
    pgai_client_free(client);
    peer_stop(server);
}

static void numbers_are_filled_as_far_as_they_go(void **state)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    OLD(pgai_rate_limit) limit = {PGAI_RATE_LIMIT_INIT};
    OLD(pgai_walk_stats) stats = {PGAI_WALK_STATS_INIT};
    pgai_client *client = NULL;
    pgai_pager *pager = NULL;

    (void)state;
    options.api_key = SAMPLE_KEY;
    options.base_url = "http://127.0.0.1:1";
    assert_int_equal(pgai_client_new(&options, &client, NULL), PGAI_OK);
    assert_int_equal(pgai_contacts_pages(client, NULL, &pager, NULL), PGAI_OK);
    cut(&limit, offsetof(pgai_rate_limit, reset_ms), sizeof(limit));
    cut(&stats, offsetof(pgai_walk_stats, total), sizeof(stats));
    assert_int_equal(pgai_client_rate_limit(client, &limit.it, NULL), PGAI_OK);
    pgai_pager_stats(pager, &stats.it);
    assert_untouched(&limit, offsetof(pgai_rate_limit, reset_ms), sizeof(limit));
    assert_untouched(&stats, offsetof(pgai_walk_stats, total), sizeof(stats));
    pgai_pager_free(pager);
    pgai_client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_filled_as_far_as_they_go),
        cmocka_unit_test(errors_of_calls_too),
        cmocka_unit_test(numbers_are_filled_as_far_as_they_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
