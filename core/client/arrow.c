/* A walk as a stream of Arrow. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pgai/client.h>

#include "protocol/arrow.h"
#include "protocol/error.h"
#include "protocol/memory.h"

typedef struct stream {
    pgai_pager *pager; /* borrowed */
    size_t least;      /* rows a batch */
    int failed;        /* an errno; the same failure again each time that it is asked */
    char text[sizeof(((pgai_error *)NULL)->message) + PGAI_CURSOR_SIZE + 200];
} stream;

static int errno_of(pgai_status status)
{
    switch (status) {
    case PGAI_OK:
        return 0;
    case PGAI_NO_MEMORY:
        return ENOMEM;
    case PGAI_USAGE:
        return EINVAL;
    case PGAI_TIMEOUT:
        return ETIMEDOUT;
    case PGAI_CANCELLED:
    case PGAI_CLOSED:
        return ECANCELED;
    default:
        return EIO;
    }
}

/* The batch that was begun is lost, so the cursor is the one where it began. */
static int fail(stream *self, const pgai_error *error, const char *cursor)
{
    char status[32] = "";
    char id[sizeof(error->request_id) + 16] = "";

    if (error->http_status)
        snprintf(status, sizeof(status), " (HTTP status %d)", error->http_status);
    if (error->request_id[0])
        snprintf(id, sizeof(id), " (request %s)", error->request_id);
    snprintf(self->text, sizeof(self->text), "%s%s%s%s%s", error->message, status, id,
             cursor[0] ? "; go on from the cursor " : "", cursor);
    self->failed = errno_of(error->status);
    return self->failed;
}

/* What came before a failure of the walk is a batch of its own: the walk fails again when
 * it is asked for the next. */
static pgai_status gather(const stream *self, pgaii_arrow *rows, pgai_error *error)
{
    pgai_status status = PGAI_OK;
    pgai_page *page;

    while (status == PGAI_OK && rows->rows < self->least &&
           pgaii_arrow_size(rows) < PGAI_ARROW_BYTES) {
        status = pgai_pager_next(self->pager, &page, error);
        if (status != PGAI_OK)
            return rows->rows ? PGAI_OK : status;
        status = pgaii_arrow_add_page(rows, page, error);
        pgai_page_free(page);
    }
    return status;
}

static int get_next(struct ArrowArrayStream *object, struct ArrowArray *out)
{
    stream *self = object->private_data;
    pgai_error error = PGAI_ERROR_INIT;
    char cursor[PGAI_CURSOR_SIZE];
    pgai_status status;
    pgaii_arrow rows;

    memset(out, 0, sizeof(*out));
    if (self->failed)
        return self->failed;
    pgai_pager_cursor(self->pager, SIZE_MAX, cursor);
    pgaii_arrow_init(&rows);
    status = gather(self, &rows, &error);
    if (status == PGAI_OK)
        status = pgaii_arrow_take(&rows, out, &error);
    pgaii_arrow_clear(&rows);
    return status == PGAI_OK || status == PGAI_DONE ? 0 : fail(self, &error, cursor);
}

static int get_schema(struct ArrowArrayStream *object, struct ArrowSchema *out)
{
    (void)object;
    return errno_of(pgai_arrow_schema(out, NULL));
}

static const char *get_last_error(struct ArrowArrayStream *object)
{
    const stream *self = object->private_data;

    return self->failed ? self->text : NULL;
}

static void release(struct ArrowArrayStream *object)
{
    free(object->private_data);
    object->release = NULL;
}

pgai_status pgai_pager_arrow(pgai_pager *pager, size_t rows, struct ArrowArrayStream *out,
                             pgai_error *error)
{
    stream *self;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    memset(out, 0, sizeof(*out));
    if (!pager)
        return pgaii_fail(error, PGAI_USAGE, "pager is NULL");
    self = pgaii_new(sizeof(*self));
    if (!self)
        return pgaii_fail_memory(error);
    self->pager = pager;
    self->least = rows ? rows : PGAI_ARROW_ROWS;
    *out = (struct ArrowArrayStream){get_schema, get_next, get_last_error, release, self};
    return PGAI_OK;
}
