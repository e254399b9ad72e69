/* A walk over all contacts, compared with plain libcurl. */
#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

#include "bench/bare.h"
#include "support/ratio.h"

enum { CONTACTS = 10000, PAGES = CONTACTS / 50, ROUNDS = 21 };

static void run_bare(void *data)
{
    if (bare_fetch(data, PAGES) < 0)
        abort();
}

static void run_walk(void *data)
{
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;
    size_t contacts = 0;
    pgai_status status = pgai_contacts_pages(data, NULL, &pager, NULL);

    while (status == PGAI_OK &&
           (status = pgai_pager_next(pager, &page, NULL)) == PGAI_OK) {
        contacts += pgai_page_count(page);
        pgai_page_free(page);
    }
    pgai_pager_free(pager);
    if (status != PGAI_DONE || contacts != CONTACTS)
        abort();
}

int main(void)
{
    const ratio_table table = {"walk: 10,000 contacts over loopback", "page", PAGES,
                               RATIO_CPU, ROUNDS};
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_client_options client_options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    pgai_client *client = NULL;
    bare loop;

    options.contacts = CONTACTS;
    if (pgai_sandbox_start(&options, &sandbox, NULL) != PGAI_OK)
        abort();
    client_options.base_url = pgai_sandbox_url(sandbox);
    client_options.api_key = pgai_sandbox_key(sandbox);
    if (pgai_client_new(&client_options, &client, NULL) != PGAI_OK)
        abort();
    bare_init(&loop, client_options.base_url, client_options.api_key);
    {
        const ratio_entry entries[] = {
            {"one libcurl handle, no decoding", run_bare, &loop},
            {"pgai_pager_next", run_walk, client}};

        ratio_print(&table, entries, 2);
    }
    bare_clear(&loop);
    pgai_client_free(client);
    pgai_sandbox_stop(sandbox);
    return 0;
}
