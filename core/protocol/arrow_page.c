/* Pages and contacts as arrays of Arrow, and what their columns are. */
#include <stdlib.h>
#include <string.h>

#include "protocol/arrow.h"
#include "protocol/error.h"
#include "protocol/memory.h"

static pgai_status
finish(pgaii_arrow *rows, pgai_status status, struct ArrowArray *out, pgai_error *error)
{
    if (status == PGAI_OK)
        status = pgaii_arrow_take(rows, out, error);
    pgaii_arrow_clear(rows);
    return status;
}

pgai_status
pgai_arrow_page(const pgai_page *page, struct ArrowArray *out, pgai_error *error)
{
    pgaii_arrow rows;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    memset(out, 0, sizeof(*out));
    if (!page)
        return pgaii_fail(error, PGAI_USAGE, "page is NULL");
    pgaii_arrow_init(&rows);
    return finish(&rows, pgaii_arrow_add_page(&rows, page, error), out, error);
}

pgai_status pgai_arrow_contacts(const pgai_contact *const *contacts, size_t count,
                                struct ArrowArray *out, pgai_error *error)
{
    pgai_status status = PGAI_OK;
    pgaii_arrow rows;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    memset(out, 0, sizeof(*out));
    if (!contacts && count)
        return pgaii_fail(error, PGAI_USAGE, "contacts is NULL");
    pgaii_arrow_init(&rows);
    for (size_t i = 0; status == PGAI_OK && i < count; i++)
        status = pgaii_arrow_add(&rows, contacts[i], error);
    return finish(&rows, status, out, error);
}

/* Metadata is a count of pairs, then each length and its bytes, in the machine's own
 * order. The extension type arrow.json would say the same, but what knows it neither
 * searches nor converts it as text. */
static const struct {
    int32_t pairs;
    int32_t name_length;
    char name[12];
    int32_t value_length;
    char value[16];
} is_json = {1, 12, "content-type", 16, "application/json"};

typedef struct struct_schema {
    struct ArrowSchema column[PGAII_ARROW_COLUMNS];
    struct ArrowSchema *children[PGAII_ARROW_COLUMNS];
} struct_schema;

/* Its texts are static, so that a column which is moved out of the struct owns nothing.
 */
static void release_column(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void release_struct(struct ArrowSchema *schema)
{
    struct_schema *own = schema->private_data;

    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++) {
        if (own->column[i].release)
            own->column[i].release(&own->column[i]);
    }
    free(own);
    schema->release = NULL;
}

pgai_status pgai_arrow_schema(struct ArrowSchema *out, pgai_error *error)
{
    static const char *const names[PGAII_ARROW_COLUMNS] = {
#define X(upper, number, lower, listed, writable) #lower,
        PGAI_FIELD_LIST(X)
#undef X
            "extra"};
    struct_schema *own;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    memset(out, 0, sizeof(*out));
    own = pgaii_new(sizeof(*own));
    if (!own)
        return pgaii_fail_memory(error);
    for (size_t i = 0; i < PGAII_ARROW_COLUMNS; i++) {
        own->column[i] = (struct ArrowSchema){.format = "u",
                                              .name = names[i],
                                              .flags = ARROW_FLAG_NULLABLE,
                                              .release = release_column};
        own->children[i] = &own->column[i];
    }
    own->column[PGAI_FIELD_COUNT].metadata = (const char *)&is_json;
    *out = (struct ArrowSchema){.format = "+s",
                                .name = "",
                                .n_children = PGAII_ARROW_COLUMNS,
                                .children = own->children,
                                .release = release_struct,
                                .private_data = own};
    return PGAI_OK;
}
