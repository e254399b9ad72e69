/* Writes all contacts as CSV to stdout. */

#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>

static pgai_status new_writer(pgai_writer **writer, pgai_error *error)
{
    static const char *const columns[] = {"id", "email", "company", "extra"};
    pgai_writer_options options = PGAI_WRITER_OPTIONS_INIT;

    options.columns = columns;
    options.column_count = sizeof(columns) / sizeof(columns[0]);
    return pgai_writer_new(&options, writer, error);
}

/* PGAI_DONE: all of it is written. */
static pgai_status export(pgai_pager *pager, pgai_writer *writer, pgai_error *error)
{
    pgai_page *page = NULL;
    pgai_text text;
    pgai_status status;

    pgai_writer_header(writer);
    while ((status = pgai_pager_next(pager, &page, error)) == PGAI_OK) {
        pgai_writer_page(writer, page);
        pgai_page_free(page);
        status = pgai_writer_take(writer, &text, error);
        if (status != PGAI_OK)
            break;
        fwrite(text.data, 1, text.length, stdout);
    }
    return status;
}

int main(void)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_client *client = NULL;
    pgai_pager *pager = NULL;
    pgai_writer *writer = NULL;
    pgai_status status;

    status = pgai_client_new(NULL, &client, &error);
    if (status == PGAI_OK)
        status = pgai_contacts_pages(client, NULL, &pager, &error);
    if (status == PGAI_OK)
        status = new_writer(&writer, &error);
    if (status == PGAI_OK)
        status = export(pager, writer, &error);
    if (status != PGAI_DONE)
        fprintf(stderr, "%s: %s\n", pgai_status_name(status), error.message);
    pgai_writer_free(writer);
    pgai_pager_free(pager);
    pgai_client_free(client);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("stdout");
        return EXIT_FAILURE;
    }
    return status == PGAI_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
