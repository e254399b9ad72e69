/* Faults that are refusals: any status, with the bodies that services send. */
#include "sandbox/fault.h"

enum { BODY_JSON, BODY_HTML, BODY_TEXT, BODY_EMPTY };

void pgaii_fault_response_status(pgaii_sandbox_exchange *exchange, int status,
                                 int64_t form)
{
    pgaii_sandbox_response *response = &exchange->response;
    const char *reason = pgaii_reason(status);

    exchange->answered = true;
    pgaii_sandbox_response_error(response, status, reason);
    if (form == BODY_JSON)
        return;
    pgaii_buffer_reset(&response->body);
    response->content_type = "text/plain";
    if (form == BODY_HTML) {
        response->content_type = "text/html";
        pgaii_buffer_printf(&response->body,
                            "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n"
                            "<center><h1>%d %s</h1></center>\r\n"
                            "<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n",
                            status, reason, status, reason);
    } else if (form == BODY_TEXT) {
        pgaii_buffer_printf(&response->body, "%d %s\n", status, reason);
    } else {
        response->content_type = NULL;
    }
}

static void apply_status(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_fault_response_status(exchange, (int)call->values[0], call->values[1]);
}

const pgaii_fault pgaii_faults_status[] = {
    {"status",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("code", 200, 599), PGAII_CHOICE("body", PGAII_BODY_WORDS)},
     apply_status},
    {0},
};
