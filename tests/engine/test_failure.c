/* What each result of libcurl means for a call. */
#include "engine/failure.h"
#include "support/unit.h"

static pgai_failure meaning(CURLcode code, bool sent)
{
    pgai_failure failure;

    pgaii_failure_from_curl(code, sent, &failure);
    assert_null(failure.message);
    assert_int_equal(failure.sent, sent);
    return failure;
}

static void a_connection_that_failed_may_be_tried_again(void **state)
{
    static const CURLcode codes[] = {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT};

    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        assert_int_equal(meaning(codes[i], false).status, PGAI_CONNECT);
        assert_false(meaning(codes[i], false).permanent);
    }
    assert_int_equal(meaning(CURLE_SSL_CONNECT_ERROR, false).status, PGAI_TLS);
    assert_false(meaning(CURLE_SSL_CONNECT_ERROR, false).permanent);
}

static void a_certificate_that_is_not_valid_stays_so(void **state)
{
    static const CURLcode codes[] = {
        CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CIPHER,
        CURLE_SSL_CACERT_BADFILE,
        CURLE_SSL_SHUTDOWN_FAILED,
        CURLE_SSL_ISSUER_ERROR,
        CURLE_SSL_PINNEDPUBKEYNOTMATCH,
        CURLE_SSL_INVALIDCERTSTATUS,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        assert_int_equal(meaning(codes[i], false).status, PGAI_TLS);
        assert_true(meaning(codes[i], false).permanent);
    }
}

static void a_request_that_cannot_be_made_is_not_tried_again(void **state)
{
    static const CURLcode codes[] = {CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT,
                                     CURLE_NOT_BUILT_IN, CURLE_BAD_FUNCTION_ARGUMENT,
                                     CURLE_UNKNOWN_OPTION};

    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        assert_true(meaning(codes[i], false).permanent);
        /* One that was sent could be made: the response is what is wrong. */
        assert_int_equal(meaning(codes[i], true).status, PGAI_PROTOCOL);
        assert_false(meaning(codes[i], true).permanent);
    }
}

static void a_connection_is_lost_only_after_it_was_made(void **state)
{
    static const CURLcode codes[] = {CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING,
                                     CURLE_SEND_ERROR, CURLE_RECV_ERROR};

    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        assert_int_equal(meaning(codes[i], true).status, PGAI_CONNECTION_LOST);
        assert_int_equal(meaning(codes[i], false).status, PGAI_CONNECT);
    }
}

static void other_outcomes_have_their_status(void **state)
{
    (void)state;
    assert_int_equal(meaning(CURLE_OPERATION_TIMEDOUT, true).status, PGAI_TIMEOUT);
    assert_int_equal(meaning(CURLE_WEIRD_SERVER_REPLY, true).status, PGAI_PROTOCOL);
    assert_int_equal(meaning(CURLE_BAD_CONTENT_ENCODING, true).status, PGAI_PROTOCOL);
    assert_int_equal(meaning(CURLE_FILESIZE_EXCEEDED, true).status, PGAI_TOO_LARGE);
    assert_int_equal(meaning(CURLE_OUT_OF_MEMORY, true).status, PGAI_NO_MEMORY);
    assert_int_equal(meaning(CURLE_CHUNK_FAILED, true).status, PGAI_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_that_failed_may_be_tried_again),
        cmocka_unit_test(a_certificate_that_is_not_valid_stays_so),
        cmocka_unit_test(a_request_that_cannot_be_made_is_not_tried_again),
        cmocka_unit_test(a_connection_is_lost_only_after_it_was_made),
        cmocka_unit_test(other_outcomes_have_their_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
