/* The peak memory of a walk with eight pages in flight, each in a process of its own,
 * against a sandbox in this one.
 */
#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

#include "bench/child.h"

static int walk(const char *url, long expected)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_pages_options pages = PGAI_PAGES_OPTIONS_INIT;
    pgai_client *client = NULL;
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;
    pgai_status status;
    long contacts = 0;

    options.api_key = "sandbox_key";
    options.base_url = url;
    pages.prefetch = 8;
    status = pgai_client_new(&options, &client, NULL);
    if (status == PGAI_OK)
        status = pgai_contacts_pages(client, &pages, &pager, NULL);
    while (status == PGAI_OK &&
           (status = pgai_pager_next(pager, &page, NULL)) == PGAI_OK) {
        contacts += (long)pgai_page_count(page);
        pgai_page_free(page);
    }
    pgai_pager_free(pager);
    pgai_client_free(client);
    return status == PGAI_DONE && contacts == expected ? 0 : 1;
}

/* Kilobytes at the peak of a process that walks over so many contacts. */
static long peak_of_walk(const char *self, long contacts)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    char expected[32];
    const char *arguments[] = {self, NULL, expected, NULL};
    long peak;

    options.contacts = contacts;
    if (pgai_sandbox_start(&options, &sandbox, NULL) != PGAI_OK)
        abort();
    snprintf(expected, sizeof(expected), "%ld", contacts);
    arguments[1] = pgai_sandbox_url(sandbox);
    peak = child_run(arguments);
    pgai_sandbox_stop(sandbox);
    return peak;
}

int main(int argc, char **argv)
{
    long small;
    long large;

    if (argc == 3)
        return walk(argv[1], strtol(argv[2], NULL, 10));
    small = peak_of_walk(argv[0], 10000);
    large = peak_of_walk(argv[0], 1000000);
    printf("memory: peak of a whole process\n");
    printf("  %-44s %9ld KiB     %7.3f\n", "walk over 10,000 contacts", small, 1.0);
    printf("  %-44s %9ld KiB     %7.3f\n", "walk over 1,000,000 contacts", large,
           (double)large / (double)small);
    return 0;
}
