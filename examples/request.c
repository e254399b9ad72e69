/* A request to an endpoint that has no function of its own. */
#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>

static pgai_status print_page(pgai_client *client, pgai_error *error)
{
    const pgai_parameter query[] = {{"page", "2"}, {"limit", "10"}};
    pgai_request_options options = PGAI_REQUEST_OPTIONS_INIT;
    pgai_response *response = NULL;
    pgai_status status;

    options.method = "GET";
    options.path = "/contacts";
    options.query = query;
    options.query_count = 2;
    status = pgai_contacts_request(client, &options, &response, error);
    if (status == PGAI_OK)
        printf("%d %s\n", response->status, response->body.data);
    pgai_response_free(response);
    return status;
}

int main(void)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_client *client = NULL;
    pgai_status status = pgai_client_new(NULL, &client, &error);

    if (status == PGAI_OK)
        status = print_page(client, &error);
    if (status != PGAI_OK)
        fprintf(stderr, "%s: %s\n", pgai_status_name(status), error.message);
    pgai_client_free(client);
    return status == PGAI_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
