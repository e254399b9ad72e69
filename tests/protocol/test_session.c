/* Sessions: keys and addresses that are refused, and saved state. */
#include "protocol/session.h"
#include "support/session.h"
#include "support/unit.h"

static void refuse(const char *key, const char *url, const char *word)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_session *session = (pgai_session *)&options;
    pgai_error error = PGAI_ERROR_INIT;

    options.api_key = key;
    options.base_url = url;
    assert_int_equal(pgai_session_new(&options, &session, &error), PGAI_USAGE);
    assert_null(session);
    assert_contains(error.message, word);
    if (key && *key)
        assert_null(strstr(error.message, key));
}

static void keys_that_cannot_be_sent_are_refused(void **state)
{
    char longest[514];

    (void)state;
    memset(longest, 'k', 513);
    longest[513] = '\0';
    refuse(NULL, NULL, "api_key is empty");
    refuse("", NULL, "api_key is empty");
    refuse("abc\n", NULL, "newline");
    refuse("ab c", NULL, "api_key");
    refuse("ab\xC3\xA9", NULL, "api_key");
    refuse(longest, NULL, "512");
}

static void the_key_goes_to_safe_places_only(void **state)
{
    (void)state;
    refuse("secret_key", "http://api.example.com/v1", "allow_cleartext");
    refuse("sandbox_key", "https://api.example.com/v1", "sandbox");
    refuse("sandbox_key", NULL, "sandbox");
}

static void cleartext_can_be_allowed(void **state)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_session *session = NULL;

    (void)state;
    options.api_key = "secret_key";
    options.base_url = "http://intranet/v1";
    options.allow_cleartext = 1;
    assert_int_equal(pgai_session_new(&options, &session, NULL), PGAI_OK);
    pgai_session_free(session);
}

static void odd_options_are_refused(void **state)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_session *session = NULL;
    pgai_error error = PGAI_ERROR_INIT;

    (void)state;
    assert_int_equal(pgai_session_new(NULL, &session, &error), PGAI_USAGE);
    assert_int_equal(pgai_session_new(&options, NULL, &error), PGAI_USAGE);
    options.api_key = "k";
    options.user_agent = "a\r\nb";
    assert_int_equal(pgai_session_new(&options, &session, &error), PGAI_USAGE);
    assert_contains(error.message, "user_agent");
    options.struct_size = 8;
    assert_int_equal(pgai_session_new(&options, &session, &error), PGAI_USAGE);
    assert_contains(error.message, "_INIT");
}

static void the_rate_limit_is_told(void **state)
{
    pgai_session *session = session_make();
    pgai_rate_limit limit = PGAI_RATE_LIMIT_INIT;
    pgai_call *call = NULL;

    (void)state;
    pgai_session_rate_limit(session, 0, &limit);
    assert_int_equal(limit.limit, -1);
    assert_int_equal(limit.remaining, -1);
    assert_int_equal(limit.reset_ms, -1);
    assert_int_equal(limit.wait_ms, 0);
    assert_int_equal(pgai_call_new_get(session, "c1", NULL, &call, NULL), PGAI_OK);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    session_response(call, 100, 200, "{\"id\":\"c1\"}", "X-RateLimit-Limit", "60",
                     "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "30", NULL);
    pgai_session_rate_limit(session, 10100, &limit);
    assert_int_equal(limit.limit, 60);
    assert_int_equal(limit.remaining, 0);
    assert_int_equal(limit.reset_ms, 20000);
    assert_int_equal(limit.wait_ms, 31100 - 10100);
    assert_int_equal(pgai_session_ready_at(session, 200), 31100);
    pgai_call_free(call);
    pgai_session_free(session);
}

static void a_state_moves_between_sessions(void **state)
{
    pgai_session *session = session_make();
    pgai_session *other = session_make();
    unsigned char saved[PGAI_SESSION_STATE_SIZE];
    pgai_error error = PGAI_ERROR_INIT;
    size_t length;

    (void)state;
    session->budget.tokens = 40;
    session->pacer.hold_until = 5000;
    length = pgai_session_save(session, saved);
    assert_null(memmem(saved, length, session_key, 6));
    assert_int_equal(pgai_session_load(other, saved, length, &error), PGAI_OK);
    assert_int_equal(other->budget.tokens, 40);
    assert_int_equal(pgai_session_ready_at(other, 0), 5000);
    assert_int_equal(pgai_session_load(other, saved, length - 1, &error), PGAI_USAGE);
    assert_int_equal(pgai_session_load(other, NULL, 0, &error), PGAI_USAGE);
    saved[0] ^= 1;
    assert_int_equal(pgai_session_load(other, saved, length, &error), PGAI_USAGE);
    assert_int_equal(other->budget.tokens, 40);
    pgai_session_free(session);
    pgai_session_free(other);
}

/* Calls of a session that took over such a state. */
static void live_with(pgai_session *session, int64_t now)
{
    pgai_rate_limit limit = PGAI_RATE_LIMIT_INIT;
    pgai_call *call = NULL;

    pgai_session_rate_limit(session, now, &limit);
    assert_true(pgai_session_ready_at(session, now) >= now);
    assert_int_equal(pgai_call_new_get(session, "c1", NULL, &call, NULL), PGAI_OK);
    if (pgai_call_next(call, now) == PGAI_STEP_SEND)
        session_response(call, now, 429, "", "X-RateLimit-Limit", "60",
                         "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "30", NULL);
    pgai_call_next(call, now);
    pgai_call_free(call);
}

/* Each byte, and each number of eight, of a state that was in use; what is not refused
 * must overflow nothing, which UBSan tells. */
static void damaged_states_do_no_harm(void **state)
{
    static const unsigned char damage[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    static const int64_t times[] = {0, 60000, INT64_C(1) << 53};
    pgai_session *session = session_make();
    unsigned char saved[PGAI_SESSION_STATE_SIZE];
    size_t length;

    (void)state;
    for (int64_t now = 0; now < 300; now += 100)
        live_with(session, now);
    length = pgai_session_save(session, saved);
    for (size_t i = 0; i < length * COUNT(damage) * 2; i++) {
        pgai_session *other = session_make();
        unsigned char bad[PGAI_SESSION_STATE_SIZE];
        size_t at = i / 2 % length;
        size_t wide = i % 2 ? 8 : 1;

        memcpy(bad, saved, length);
        memset(bad + at, damage[i / 2 / length], wide < length - at ? wide : length - at);
        if (pgai_session_load(other, bad, length, NULL) == PGAI_OK) {
            for (size_t t = 0; t < COUNT(times); t++)
                live_with(other, times[t]);
        }
        pgai_session_free(other);
    }
    pgai_session_free(session);
}

static void count_locks(void *data)
{
    ++*(int *)data;
}

static void count_unlocks(void *data)
{
    --*(int *)data;
}

static void what_calls_share_is_locked(void **state)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_session *session = NULL;
    pgai_call *call = NULL;
    int held = 0;

    (void)state;
    options.api_key = "k";
    options.lock = count_locks;
    options.lock_data = &held;
    assert_int_equal(pgai_session_new(&options, &session, NULL), PGAI_USAGE);
    options.unlock = count_unlocks;
    assert_int_equal(pgai_session_new(&options, &session, NULL), PGAI_OK);
    assert_int_equal(pgai_call_new_list(session, NULL, NULL, &call, NULL), PGAI_OK);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_SEND);
    session_response(call, 0, 503, "", NULL);
    assert_int_equal(pgai_call_next(call, 0), PGAI_STEP_WAIT);
    assert_int_equal(held, 0);
    pgai_call_free(call);
    pgai_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_cannot_be_sent_are_refused),
        cmocka_unit_test(the_key_goes_to_safe_places_only),
        cmocka_unit_test(cleartext_can_be_allowed),
        cmocka_unit_test(odd_options_are_refused),
        cmocka_unit_test(the_rate_limit_is_told),
        cmocka_unit_test(a_state_moves_between_sessions),
        cmocka_unit_test(damaged_states_do_no_harm),
        cmocka_unit_test(what_calls_share_is_locked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
