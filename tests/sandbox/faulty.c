/* A sandbox that is told to fail, and what it then sends. */
#include "sandbox/faulty.h"

#include <stdlib.h>
#include <unistd.h>

#include "support/unit.h"

void faulty_add(pgai_sandbox *sandbox, const char *rule)
{
    pgai_error error = PGAI_ERROR_INIT;

    assert_int_equal(pgai_sandbox_reset(sandbox, NULL), PGAI_OK);
    if (pgai_sandbox_fault(sandbox, rule, &error) != PGAI_OK)
        fail_msg("%s: %s", rule, error.message);
}

http_response faulty_ask(pgai_sandbox *sandbox, const char *rule, const char *method,
                         const char *target, const char *body)
{
    faulty_add(sandbox, rule);
    return http_once(pgai_sandbox_url(sandbox), method, target, "sandbox_key", body);
}

http_response faulty_list(pgai_sandbox *sandbox, const char *rule)
{
    return faulty_ask(sandbox, rule, "GET", FAULTY_LIST, NULL);
}

http_response faulty_list_to_the_end(pgai_sandbox *sandbox, const char *rule)
{
    int fd = http_connect(pgai_sandbox_url(sandbox));
    http_response response;

    faulty_add(sandbox, rule);
    http_request(fd, "GET", FAULTY_LIST, "sandbox_key", NULL);
    response = http_read_all(fd);
    close(fd);
    return response;
}

http_response faulty_list_and_close(pgai_sandbox *sandbox, const char *rule)
{
    static const char request[] = "GET " FAULTY_LIST " HTTP/1.1\r\nHost: localhost\r\n"
                                  "x-api-key: sandbox_key\r\nConnection: close\r\n\r\n";
    int fd = http_connect(pgai_sandbox_url(sandbox));
    http_response response;

    faulty_add(sandbox, rule);
    http_send(fd, request, sizeof(request) - 1);
    response = http_read_all(fd);
    close(fd);
    return response;
}

int64_t faulty_created(pgai_sandbox *sandbox)
{
    char *log = NULL;
    json_t *tree;
    int64_t count;

    assert_int_equal(pgai_sandbox_log(sandbox, &log, NULL), PGAI_OK);
    tree = json_loads(log, 0, NULL);
    count =
        json_integer_value(json_object_get(json_object_get(tree, "counts"), "created"));
    assert_int_equal(json_array_size(json_object_get(tree, "created")), count);
    json_decref(tree);
    free(log);
    return count;
}

json_t *faulty_body(const http_response *response)
{
    return json_loadb(response->body, response->body_length, JSON_ALLOW_NUL, NULL);
}

void faulty_assert(pgai_sandbox *sandbox, const char *rule, const char *text)
{
    http_response response = faulty_list(sandbox, rule);

    if (!strstr(response.bytes, text))
        fail_msg("%s: no %s in %s", rule, text, response.bytes);
    http_response_clear(&response);
}

int faulty_start(void **state)
{
    pgai_sandbox *sandbox = NULL;
    pgai_status status = pgai_sandbox_start(NULL, &sandbox, NULL);

    *state = sandbox;
    return status == PGAI_OK ? 0 : -1;
}

int faulty_stop(void **state)
{
    pgai_sandbox_stop(*state);
    return 0;
}
