/* How the tests of a program run without the service: against a sandbox of their own,
 * which misbehaves on demand. */

#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

static pgai_status list_once(const pgai_sandbox *sandbox, pgai_error *error)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_client *client = NULL;
    pgai_page *page = NULL;
    pgai_status status;

    options.api_key = pgai_sandbox_key(sandbox);
    options.base_url = pgai_sandbox_url(sandbox);
    options.max_attempts = 1;
    status = pgai_client_new(&options, &client, error);
    if (status == PGAI_OK)
        status = pgai_contacts_list(client, NULL, &page, error);
    pgai_page_free(page);
    pgai_client_free(client);
    return status;
}

int main(void)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_sandbox *sandbox = NULL;
    pgai_status status;

    status = pgai_sandbox_start(NULL, &sandbox, &error);
    if (status == PGAI_OK)
        status =
            pgai_sandbox_fault(sandbox, "{\"fault\": \"status\", \"code\": 503}", &error);
    if (status == PGAI_OK)
        status = list_once(sandbox, &error);
    printf("%s: %s\n", pgai_status_name(status), error.message);
    pgai_sandbox_stop(sandbox);
    return status == PGAI_SERVER ? EXIT_SUCCESS : EXIT_FAILURE;
}
