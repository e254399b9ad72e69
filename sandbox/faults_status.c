#include "sandbox/fault.h"

enum { BODY_JSON, BODY_HTML, BODY_TEXT, BODY_EMPTY };

void pgaii_fault_answer_status(pgaii_sandbox_exchange *exchange, int status, int64_t form)
{
    pgaii_answer *answer = &exchange->answer;
    const char *reason = pgaii_reason(status);

    exchange->answered = true;
    pgaii_answer_error(answer, status, reason);
    if (form == BODY_JSON)
        return;
    pgaii_buffer_reset(&answer->body);
    answer->content_type = "text/plain";
    if (form == BODY_HTML) {
        answer->content_type = "text/html";
        pgaii_buffer_printf(&answer->body,
                            "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n"
                            "<center><h1>%d %s</h1></center>\r\n"
                            "<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n",
                            status, reason, status, reason);
    } else if (form == BODY_TEXT) {
        pgaii_buffer_printf(&answer->body, "%d %s\n", status, reason);
    } else {
        answer->content_type = NULL;
    }
}

static void apply_status(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call)
{
    pgaii_fault_answer_status(exchange, (int)call->values[0], call->values[1]);
}

const pgaii_fault pgaii_faults_status[] = {
    {"status",
     PGAII_AT_REQUEST,
     PGAII_SANDBOX_ANY_OPERATION,
     {PGAII_NEEDED("code", 200, 599), PGAII_CHOICE("body", PGAII_BODY_WORDS)},
     apply_status},
    {0},
};
