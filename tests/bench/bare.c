/* The least that a program over libcurl must do: what the client is compared with. */
#include "bench/bare.h"

#include <stdio.h>
#include <stdlib.h>

static size_t discard(char *data, size_t size, size_t count, void *unused)
{
    (void)data;
    (void)unused;
    return size * count;
}

void bare_init(bare *loop, const char *base_url, const char *api_key)
{
    char header[600];

    snprintf(loop->base_url, sizeof(loop->base_url), "%s", base_url);
    snprintf(header, sizeof(header), "x-api-key: %s", api_key);
    loop->headers = curl_slist_append(NULL, header);
    loop->easy = curl_easy_init();
    if (!loop->headers || !loop->easy)
        abort();
    curl_easy_setopt(loop->easy, CURLOPT_HTTPHEADER, loop->headers);
    curl_easy_setopt(loop->easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(loop->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(loop->easy, CURLOPT_FAILONERROR, 1L);
}

int bare_fetch(bare *loop, int pages)
{
    for (int page = 1; page <= pages; page++) {
        char url[320];

        snprintf(url, sizeof(url), "%s/contacts?page=%d&limit=50", loop->base_url, page);
        curl_easy_setopt(loop->easy, CURLOPT_URL, url);
        if (curl_easy_perform(loop->easy) != CURLE_OK)
            return -1;
    }
    return 0;
}

void bare_clear(bare *loop)
{
    curl_easy_cleanup(loop->easy);
    curl_slist_free_all(loop->headers);
}
