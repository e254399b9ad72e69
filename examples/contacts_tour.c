/* A tour of the library, as scripts/demo runs it: a page as a table, one contact, a new
 * one, a refused call, and a walk over all. The last line is the same in every language.
 */

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include <pgai/pgai.h>

typedef struct column {
    const char *title;
    pgai_field field;
    int width;
} column;

static const column columns[] = {{"first name", PGAI_FIRST_NAME, 14},
                                 {"last name", PGAI_LAST_NAME, 14},
                                 {"e-mail", PGAI_EMAIL, 38},
                                 {"company", PGAI_COMPANY, 26}};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void check(pgai_status status, const pgai_error *error)
{
    if (status == PGAI_OK || status == PGAI_DONE)
        return;
    fprintf(stderr, "%s: %s\n", pgai_status_name(status), error->message);
    exit(EXIT_FAILURE);
}

/* Write text into a column. Names come in all scripts, so cells of the terminal are
 * counted, not bytes. */
static void print_cell(pgai_text text, int width)
{
    mbstate_t state = {0};
    int used = 0;
    size_t at = 0;

    while (at < text.length) {
        wchar_t character;
        size_t bytes = mbrtowc(&character, text.data + at, text.length - at, &state);
        int cells;

        if (bytes == 0 || bytes > text.length)
            break;
        cells = wcwidth(character) > 0 ? wcwidth(character) : 0;
        if (used + cells > width)
            break;
        used += cells;
        at += bytes;
    }
    printf("%.*s%*s  ", (int)at, text.data ? text.data : "", width - used, "");
}

static void print_page(const pgai_page *page)
{
    for (size_t i = 0; i < COLUMNS; i++)
        printf("%-*s  ", columns[i].width, columns[i].title);
    puts("");
    for (size_t i = 0; i < pgai_page_count(page); i++) {
        const pgai_contact *contact = pgai_page_contact(page, i);

        for (size_t j = 0; j < COLUMNS; j++)
            print_cell(pgai_contact_text(contact, columns[j].field), columns[j].width);
        puts("");
    }
    printf("page %" PRId64 ", %zu of %" PRId64 " contacts\n\n", pgai_page_number(page),
           pgai_page_count(page), pgai_page_total(page));
}

static void print_contact(const char *what, const pgai_contact *contact)
{
    pgai_text json = pgai_contact_json(contact);

    printf("%s: %.*s\n\n", what, (int)json.length, json.data);
}

/* List a page, and fetch its first contact by its id. */
static void look(pgai_client *client)
{
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_page *page = NULL;
    pgai_contact *contact = NULL;
    pgai_text text;
    char id[256];

    options.page = 1;
    options.limit = 10;
    check(pgai_contacts_list(client, &options, &page, &error), &error);
    print_page(page);
    text = pgai_contact_text(pgai_page_contact(page, 0), PGAI_ID);
    snprintf(id, sizeof(id), "%.*s", (int)text.length, text.data ? text.data : "");
    pgai_page_free(page);
    check(pgai_contacts_get(client, id, &contact, &error), &error);
    print_contact("fetched", contact);
    pgai_contact_free(contact);
}

static void create(pgai_client *client)
{
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;

    fields.first_name = "Sarah";
    fields.last_name = "Connor";
    fields.email = "sarah@example.com";
    check(pgai_contacts_create(client, &fields, &contact, &error), &error);
    print_contact("created", contact);
    pgai_contact_free(contact);
}

/* A call that the service refuses, and its error. */
static void be_refused(pgai_client *client)
{
    pgai_contact_fields nameless = PGAI_CONTACT_FIELDS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_contact *contact = NULL;
    pgai_status status;

    nameless.last_name = "Connor";
    status = pgai_contacts_create(client, &nameless, &contact, &error);
    printf("refused: %s, HTTP %d: %s\n\n", pgai_status_name(status), error.http_status,
           error.message);
    pgai_contact_free(contact);
}

static void walk(pgai_client *client)
{
    pgai_walk_stats stats = PGAI_WALK_STATS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_pager *pager = NULL;
    pgai_page *page = NULL;
    size_t contacts = 0;

    check(pgai_contacts_pages(client, NULL, &pager, &error), &error);
    for (;;) {
        pgai_status status = pgai_pager_next(pager, &page, &error);

        check(status, &error);
        if (status == PGAI_DONE)
            break;
        contacts += pgai_page_count(page);
        pgai_page_free(page);
    }
    pgai_pager_stats(pager, &stats);
    pgai_pager_free(pager);
    printf("c: %zu contacts in %" PRId64 " requests\n", contacts, stats.requests);
}

int main(void)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_client *client = NULL;

    setlocale(LC_CTYPE, "C.UTF-8");
    check(pgai_client_new(NULL, &client, &error), &error);
    look(client);
    create(client);
    be_refused(client);
    walk(client);
    pgai_client_free(client);
    return EXIT_SUCCESS;
}
