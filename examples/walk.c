/* Walks over all contacts and counts those with an e-mail address; half way it stops, and
 * continues from the cursor, like a program that was restarted. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>

static size_t count_emails(const pgai_page *page)
{
    size_t count = 0;

    for (size_t i = 0; i < pgai_page_count(page); i++)
        count += pgai_contact_text(pgai_page_contact(page, i), PGAI_EMAIL).data != NULL;
    return count;
}

static pgai_status walk(pgai_client *client, const char *cursor, int most_pages,
                        char stopped_at[PGAI_CURSOR_SIZE], size_t *emails,
                        pgai_error *error)
{
    pgai_pages_options options = PGAI_PAGES_OPTIONS_INIT;
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;
    pgai_status status;

    options.cursor = cursor; /* NULL: from the beginning */
    status = pgai_contacts_pages(client, &options, &pager, error);
    while (status == PGAI_OK && most_pages-- > 0) {
        status = pgai_pager_next(pager, &page, error); /* PGAI_DONE after the last */
        if (status != PGAI_OK)
            break;
        *emails += count_emails(page);
        pgai_pager_cursor(pager, pgai_page_count(page), stopped_at);
        pgai_page_free(page);
    }
    pgai_pager_free(pager);
    return status;
}

int main(void)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_client *client = NULL;
    char cursor[PGAI_CURSOR_SIZE];
    size_t emails = 0;
    pgai_status status;

    status = pgai_client_new(NULL, &client, &error);
    if (status == PGAI_OK)
        status = walk(client, NULL, 10, cursor, &emails, &error);
    if (status == PGAI_OK)
        status = walk(client, cursor, INT32_MAX, cursor, &emails, &error);
    if (status == PGAI_DONE)
        printf("%zu contacts have an e-mail address\n", emails);
    else
        fprintf(stderr, "%s: %s\n", pgai_status_name(status), error.message);
    pgai_client_free(client);
    return status == PGAI_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
