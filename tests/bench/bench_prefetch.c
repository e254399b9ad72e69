/* A walk against a service that takes 50 ms for each response: pages in flight. */
#include <stdlib.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

#include "support/ratio.h"

enum { PAGES = 400, CONTACTS = PAGES * 50, ROUNDS = 3 };

typedef struct walker {
    pgai_client *client;
    int64_t prefetch;
} walker;

static void run_walk(void *data)
{
    const walker *walk = data;
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;
    size_t contacts = 0;
    pgai_status status;

    options.prefetch = walk->prefetch;
    status = pgai_contacts_pages(walk->client, &options, &pager, NULL);
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
    const ratio_table table = {"walk, C: 400 pages, 50 ms a response", "page", PAGES,
                               RATIO_WALL, ROUNDS};
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_client_options client_options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    pgai_client *client = NULL;

    options.contacts = CONTACTS;
    options.rate_limit = 0;
    options.faults = "[{\"fault\": \"latency\", \"ms\": 50}]";
    if (pgai_sandbox_start(&options, &sandbox, NULL) != PGAI_OK)
        abort();
    client_options.base_url = pgai_sandbox_url(sandbox);
    client_options.api_key = pgai_sandbox_key(sandbox);
    client_options.no_pacing = 1;
    if (pgai_client_new(&client_options, &client, NULL) != PGAI_OK)
        abort();
    {
        walker walks[] = {{client, 1}, {client, 2},  {client, 4},
                          {client, 8}, {client, 16}, {client, 32}};
        const ratio_entry entries[] = {
            {"prefetch 1", run_walk, &walks[0]},  {"prefetch 2", run_walk, &walks[1]},
            {"prefetch 4", run_walk, &walks[2]},  {"prefetch 8", run_walk, &walks[3]},
            {"prefetch 16", run_walk, &walks[4]}, {"prefetch 32", run_walk, &walks[5]}};

        ratio_print(&table, entries, sizeof(entries) / sizeof(entries[0]));
    }
    pgai_client_free(client);
    pgai_sandbox_stop(sandbox);
    return 0;
}
