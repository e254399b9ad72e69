/* Errors, and how to handle them: fetches a contact that does not exist. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <pgai/pgai.h>

static void explain(const pgai_error *error)
{
    switch (error->status) {
    case PGAI_NOT_FOUND:
        puts("the contact does not exist");
        break;
    case PGAI_PERMISSION_DENIED:
        printf("the key needs the permission %s\n", error->permission);
        break;
    case PGAI_RATE_LIMITED:
        printf("try again in %" PRId64 " seconds\n", error->retry_after_ms / 1000);
        break;
    case PGAI_OUTCOME_UNKNOWN:
        puts("it may have been created: check whether it exists before you retry");
        break;
    default:
        printf("%s, HTTP %d, after %d requests: %s %s\n", pgai_status_name(error->status),
               error->http_status, error->requests, error->message, error->details);
    }
}

int main(void)
{
    pgai_error error = PGAI_ERROR_INIT;
    pgai_client *client = NULL;
    pgai_contact *contact = NULL;

    if (pgai_client_new(NULL, &client, &error) != PGAI_OK ||
        pgai_contacts_get(client, "nobody", &contact, &error) != PGAI_OK)
        explain(&error);
    pgai_contact_free(contact);
    pgai_client_free(client);
    return error.status == PGAI_NOT_FOUND ? EXIT_SUCCESS : EXIT_FAILURE;
}
