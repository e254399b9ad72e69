/* How a program's own tests use the library: against a sandbox in the same process. */

#include <stdio.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

static size_t count_contacts(const pgai_sandbox *sandbox)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_client *client = NULL;
    pgai_page *page = NULL;
    size_t count = 0;

    options.api_key = pgai_sandbox_key(sandbox);
    options.base_url = pgai_sandbox_url(sandbox);
    options.proxy = "";
    if (pgai_client_new(&options, &client, NULL) == PGAI_OK &&
        pgai_contacts_list(client, NULL, &page, NULL) == PGAI_OK)
        count = pgai_page_count(page);
    pgai_page_free(page);
    pgai_client_free(client);
    return count;
}

int main(void)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    size_t count;

    options.contacts = 7;
    if (pgai_sandbox_start(&options, &sandbox, NULL) != PGAI_OK)
        return 1;
    count = count_contacts(sandbox);
    pgai_sandbox_stop(sandbox);
    printf("%zu contacts in the sandbox\n", count);
    return count != 7;
}
