#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

#include "support/ratio.h"

enum { CONTACTS = 10000, PAGES = CONTACTS / 50, ROUNDS = 21 };

static const char *base_url;

static size_t discard(char *data, size_t size, size_t count, void *unused)
{
    (void)data;
    (void)unused;
    return size * count;
}

/* The least that fetching pages through libcurl can cost: one handle, nothing decoded. */
static void run_bare(void *data)
{
    CURL *easy = data;

    for (int page = 1; page <= PAGES; page++) {
        char url[256];

        snprintf(url, sizeof(url), "%s/contacts?page=%d&limit=50", base_url, page);
        curl_easy_setopt(easy, CURLOPT_URL, url);
        if (curl_easy_perform(easy) != CURLE_OK)
            abort();
    }
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

static CURL *bare_handle(void)
{
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "x-api-key: sandbox_key");

    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    return easy;
}

int main(void)
{
    const ratio_table table = {"walk: 10,000 contacts over loopback", "page", PAGES,
                               RATIO_CPU, ROUNDS};
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_client_options client_options = PGAI_CLIENT_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    pgai_client *client = NULL;

    options.contacts = CONTACTS;
    if (pgai_sandbox_start(&options, &sandbox, NULL) != PGAI_OK)
        abort();
    base_url = pgai_sandbox_url(sandbox);
    client_options.base_url = base_url;
    client_options.api_key = pgai_sandbox_key(sandbox);
    if (pgai_client_new(&client_options, &client, NULL) != PGAI_OK)
        abort();
    {
        const ratio_entry entries[] = {
            {"one libcurl handle, no decoding", run_bare, bare_handle()},
            {"pgai_pager_next", run_walk, client}};

        ratio_print(&table, entries, 2);
    }
    pgai_client_free(client);
    pgai_sandbox_stop(sandbox);
    return 0;
}
