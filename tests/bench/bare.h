#ifndef PGAI_TESTS_BENCH_BARE_H
#define PGAI_TESTS_BENCH_BARE_H

#include <curl/curl.h>

/** The least that fetching pages through libcurl can cost: one handle, one connection,
 * nothing kept and nothing decoded. */
typedef struct bare {
    CURL *easy;
    struct curl_slist *headers;
    char base_url[256];
} bare;

/** Get ready; ends the program when that fails. */
void bare_init(bare *loop, const char *base_url, const char *api_key);

/** Fetch the pages 1 to @p pages of 50 contacts, one after the other.
 *
 * @return 0; -1: one of them did not come, or was not a 200. */
int bare_fetch(bare *loop, int pages);

void bare_clear(bare *loop);

#endif
