/* Whole calls on any bytes as response: they end, and no error holds the key. */
#include <stdlib.h>
#include <string.h>

#include <pgai/protocol.h>

#include "fuzz/fuzz.h"

static const char key[] = "canary_key_fuzz_call";

static void must_not_hold_key(const pgai_error *error)
{
    if (strstr(error->message, key) || strstr(error->code, key) ||
        strstr(error->details, key) || strstr(error->request_id, key))
        abort();
}

/* Answer every request of a call alike; it must come to an end, within bounds. */
static void drive(pgai_call *call, const pgai_response *response)
{
    int64_t now = 0;
    pgai_step step;
    pgai_part part;

    while ((step = pgai_call_next(call, now)) < PGAI_STEP_DONE) {
        if (step == PGAI_STEP_WAIT) {
            if (pgai_call_wait_until(call) <= now)
                abort();
            now = pgai_call_wait_until(call);
        } else {
            pgai_call_feed(call, now, response);
        }
    }
    if (step == PGAI_STEP_FAILED)
        must_not_hold_key(pgai_call_error(call));
    if (pgai_call_requests(call) > 4 + 11)
        abort();
    for (size_t i = 0; pgai_call_part(call, i, &part); i++) {
        if (i == 7 || part.start < 1 || part.limit < 1)
            abort();
    }
    pgai_page_free(pgai_call_take_page(call));
    pgai_contact_free(pgai_call_take_contact(call));
    pgai_response_free(pgai_call_take_response(call));
    pgai_call_free(call);
}

/* Two bytes of status, a letter for the operation (list, get, request, plan; else
 * create), then a value for each header, then the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"date", "retry-after", "x-ratelimit-reset",
                                        "x-ratelimit-limit", "location"};
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_request_options request = PGAI_REQUEST_OPTIONS_INIT;
    pgai_session *session = NULL;
    pgai_call *call = NULL;
    pgai_header headers[5];
    pgai_response response = {0};
    const char *text = (const char *)data + 3;
    size_t left = size - 3;
    pgai_status status;

    if (size < 3)
        return 0;
    options.api_key = key;
    request.method = "GET";
    request.path = "/territories";
    if (pgai_session_new(&options, &session, NULL) != PGAI_OK)
        abort();
    for (size_t i = 0; i < 5; i++) {
        const char *end = memchr(text, '\n', left);
        size_t length = end ? (size_t)(end - text) : 0;

        headers[i] = (pgai_header){{names[i], strlen(names[i])}, {text, length}};
        text += length + (end != NULL);
        left -= length + (end != NULL);
    }
    response.status = 100 + (data[0] << 8 | data[1]) % 500;
    response.headers = headers;
    response.header_count = 5;
    response.body = (pgai_text){text, left};
    if (data[2] == 'l')
        status = pgai_call_new_list(session, NULL, NULL, &call, NULL);
    else if (data[2] == 'g')
        status = pgai_call_new_get(session, "c1", NULL, &call, NULL);
    else if (data[2] == 'p')
        status = pgai_call_new_plan(session, 7, 50, NULL, &call, NULL);
    else if (data[2] == 'r')
        status = pgai_call_new_request(session, &request, NULL, &call, NULL);
    else
        status = pgai_call_new_create(session, &fields, NULL, &call, NULL);
    if (status != PGAI_OK)
        abort();
    drive(call, &response);
    pgai_session_free(session);
    return 0;
}
