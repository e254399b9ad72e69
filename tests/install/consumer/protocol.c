/* One call without I/O: the request is made, and a response is read. */

#include <stdio.h>
#include <string.h>

#include <pgai/protocol.h>

int main(void)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_response response = {200, NULL, 0, {"{\"id\": \"c1\"}", 12}};
    pgai_session *session = NULL;
    pgai_call *call = NULL;
    pgai_contact *contact = NULL;

    options.api_key = "sandbox_key";
    options.base_url = "http://127.0.0.1:1/v1";
    if (pgai_session_new(&options, &session, NULL) == PGAI_OK &&
        pgai_call_new_get(session, "c1", NULL, &call, NULL) == PGAI_OK &&
        pgai_call_next(call, 0) == PGAI_STEP_SEND) {
        printf("%s\n", pgai_call_request(call)->url);
        pgai_call_feed(call, 0, &response);
        if (pgai_call_next(call, 0) == PGAI_STEP_DONE)
            contact = pgai_call_take_contact(call);
    }
    pgai_call_free(call);
    pgai_session_free(session);
    if (!contact)
        return 1;
    printf("%.2s\n", pgai_contact_text(contact, PGAI_ID).data);
    pgai_contact_free(contact);
    return 0;
}
