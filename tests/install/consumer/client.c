/* Nobody listens on port 1, so the one call ends with "connect": enough to know that the
 * library is linked and at work. */

#include <stdio.h>
#include <string.h>

#include <pgai/pgai.h>

int main(void)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_client *client = NULL;
    pgai_page *page = NULL;
    pgai_status status;

    options.api_key = "sandbox_key";
    options.base_url = "http://127.0.0.1:1/v1";
    options.proxy = "";
    options.max_attempts = 1;
    status = pgai_client_new(&options, &client, &error);
    if (status == PGAI_OK)
        status = pgai_contacts_list(client, NULL, &page, &error);
    printf("pgai %s: %s\n", pgai_version(), pgai_status_name(status));
    pgai_page_free(page);
    pgai_client_free(client);
    return status != PGAI_CONNECT || strcmp(pgai_version(), PGAI_VERSION) != 0;
}
