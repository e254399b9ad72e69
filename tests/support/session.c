/* A session for tests, and responses for its calls. */
#include "support/session.h"

#include "protocol/text.h"
#include "support/unit.h"

const char session_key[] = "canary_key_protocol_1";

pgai_session *session_make_sharing(double share)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_session *session = NULL;

    options.api_key = session_key;
    options.base_url = "http://127.0.0.1:8080/v1";
    options.seed = 7;
    options.share = share;
    assert_int_equal(pgai_session_new(&options, &session, NULL), PGAI_OK);
    return session;
}

pgai_session *session_make(void)
{
    return session_make_sharing(1);
}

const char *session_target(pgai_call *call)
{
    return pgai_call_request(call)->target + strlen("/v1");
}

void session_response(pgai_call *call, int64_t now_ms, int status, const char *body, ...)
{
    pgai_header headers[8];
    pgai_response response = {status, headers, 0, pgaii_text(body)};
    const char *name;
    va_list names;

    va_start(names, body);
    while ((name = va_arg(names, const char *)) != NULL && response.header_count < 8)
        headers[response.header_count++] =
            (pgai_header){pgaii_text(name), pgaii_text(va_arg(names, const char *))};
    va_end(names);
    pgai_call_feed(call, now_ms, &response);
}

void session_fail(pgai_call *call, int64_t now_ms, pgai_status status, int sent)
{
    pgai_failure failure = {status, sent, 0, NULL};

    pgai_call_fail(call, now_ms, &failure);
}
