/* List, create and fetch contacts. The key comes from $PGAI_API_KEY. */

#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>

static void check(pgai_status status, const pgai_error *error)
{
    if (status == PGAI_OK)
        return;
    fprintf(stderr, "%s: %s\n", pgai_status_name(status), error->message);
    exit(EXIT_FAILURE);
}

static void print_contact(const pgai_contact *contact)
{
    pgai_text id = pgai_contact_text(contact, PGAI_ID);
    pgai_text email = pgai_contact_text(contact, PGAI_EMAIL); /* no data: it has none */

    printf("%.*s  %.*s\n", (int)id.length, id.data, (int)email.length,
           email.data ? email.data : "");
}

int main(void)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_list_options first_page = PGAI_LIST_OPTIONS_INIT;
    pgai_contact_fields fields = PGAI_CONTACT_FIELDS_INIT;
    pgai_client *client = NULL;
    pgai_page *page = NULL;
    pgai_contact *contact = NULL;
    pgai_text id;
    char id_string[257]; /* an id has at most 256 bytes */

    check(pgai_client_new(NULL, &client, &error), &error);

    first_page.page = 1;
    first_page.limit = 25;
    check(pgai_contacts_list(client, &first_page, &page, &error), &error);
    for (size_t i = 0; i < pgai_page_count(page); i++)
        print_contact(pgai_page_contact(page, i));
    pgai_page_free(page);

    fields.first_name = "Sarah";
    fields.last_name = "Connor";
    fields.email = "sarah@example.com";
    fields.extra = "{\"country\": \"US\"}"; /* any other field, as JSON */
    check(pgai_contacts_create(client, &fields, &contact, &error), &error);
    id = pgai_contact_text(contact, PGAI_ID); /* lives as long as the contact */
    snprintf(id_string, sizeof(id_string), "%.*s", (int)id.length, id.data);
    pgai_contact_free(contact);

    check(pgai_contacts_get(client, id_string, &contact, &error), &error);
    print_contact(contact);
    pgai_contact_free(contact);

    pgai_client_free(client);
    return EXIT_SUCCESS;
}
