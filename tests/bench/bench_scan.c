/* Decoding pages, compared with jansson. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/page.h"
#include "protocol/scan.h"
#include "support/pages.h"
#include "support/ratio.h"

/* Enough different pages that no cache and no branch predictor knows them by heart. */
enum { PAGES = 300, CONTACTS = 50, ROUNDS = 15 };

typedef struct pages {
    pgaii_buffer body[PAGES];
} pages;

static void make(pages *set, page_style style)
{
    for (int i = 0; i < PAGES; i++) {
        pgaii_buffer_init(&set->body[i], 1 << 20);
        pages_write(&set->body[i], style, (uint64_t)i, CONTACTS);
    }
}

static void run_jansson(void *data)
{
    pages *set = data;

    for (int i = 0; i < PAGES; i++)
        json_decref(json_loadb(set->body[i].data, set->body[i].length, 0, NULL));
}

/* As the library does it for a response, the allocation of the page included; the copy of
 * the body stands for what the transport writes. */
static void run_scan(void *data)
{
    pages *set = data;

    for (int i = 0; i < PAGES; i++) {
        pgaii_buffer copy;
        pgaii_scan_fault fault = {NULL, 0};
        pgai_page *page;

        pgaii_buffer_init(&copy, 1 << 20);
        pgaii_buffer_add(&copy, set->body[i].data, set->body[i].length);
        page = pgaii_page_new_take(&copy);
        if (!page || pgaii_scan_page(page, &fault) != PGAII_SCAN_OK ||
            page->count != CONTACTS)
            abort();
        pgai_page_free(page);
    }
}

int main(void)
{
    static pages plain;
    static pages mixed;
    const ratio_entry first[] = {{"json_loadb", run_jansson, &plain},
                                 {"pgaii_scan_page", run_scan, &plain}};
    const ratio_entry second[] = {{"json_loadb", run_jansson, &mixed},
                                  {"pgaii_scan_page", run_scan, &mixed}};

    ratio_table table = {"decode: 300 pages of 50 contacts", "contact", PAGES * CONTACTS,
                         RATIO_CPU, ROUNDS};

    make(&plain, PAGE_PLAIN);
    make(&mixed, PAGE_MIXED);
    ratio_print(&table, first, 2);
    table.title = "decode: a third of the fields unknown or escaped";
    ratio_print(&table, second, 2);
    return 0;
}
