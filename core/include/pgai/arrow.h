#ifndef PGAI_ARROW_H
#define PGAI_ARROW_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/api.h>
#include <pgai/contact.h>
#include <pgai/error.h>
#include <pgai/page.h>
#include <pgai/status.h>

PGAI_BEGIN_DECLS

/* The structures of the Arrow C data and stream interfaces, in the words and with the
 * guards of the standard, so that any other header may define them, too:
 * https://arrow.apache.org/docs/format/CDataInterface.html */
/** @cond */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    // Array type description
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;

    // Release callback
    void (*release)(struct ArrowSchema *);
    // Opaque producer-specific data
    void *private_data;
};

struct ArrowArray {
    // Array data description
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;

    // Release callback
    void (*release)(struct ArrowArray *);
    // Opaque producer-specific data
    void *private_data;
};

#endif // ARROW_C_DATA_INTERFACE

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    // Callbacks providing stream functionality
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);

    // Release callback
    void (*release)(struct ArrowArrayStream *);

    // Opaque producer-specific data
    void *private_data;
};

#endif // ARROW_C_STREAM_INTERFACE
/** @endcond */

/** @file
 * Contacts as Arrow columns, for data frames, databases and Parquet files.
 *
 * A row is a contact. There is a column for each documented field, with its name, in the
 * order of #PGAI_FIELD_LIST, and last the column `extra`. All are utf8 and nullable.
 *
 * - A field that is text is that text. Null and absent fields are null. A field that is
 *   neither has its exact JSON text, such as `42` or `{"name": "X"}`.
 * - `extra` is a JSON object of the undocumented fields, in the order received; null if
 *   there are none. Its metadata has `content-type`, `application/json`.
 *
 * What is filled in belongs to the caller, who calls its `release` once. It needs nothing
 * of the library any more: pages can be freed before. Any thread may use it.
 * `pgai_pager_arrow()` of `<pgai/client.h>` makes a stream of a whole walk.
 */

/** A batch that is gathered from pages is large enough with so many rows: about 2 MB,
 * which consumers work through at once. */
#define PGAI_ARROW_ROWS 8192
/** The same in bytes, for contacts that are unusually large. */
#define PGAI_ARROW_BYTES (64 << 20)

/** Describe the columns: a struct, whose children they are.
 *
 * @param[out] out Filled on success; released (its `release` is NULL) on failure.
 * @param[out] error Filled on failure, untouched on success; may be NULL.
 * @return PGAI_OK; PGAI_USAGE: @p out is NULL; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_arrow_schema(struct ArrowSchema *out,
                                                      pgai_error *error);

/** The contacts of a page as one array.
 *
 * @param page     May have no contacts.
 * @param[out] out Filled on success; released on failure.
 * @param[out] error As above.
 * @return PGAI_OK; PGAI_USAGE: an argument is NULL; PGAI_NO_MEMORY; PGAI_TOO_LARGE: a
 * column would have 2 GiB or more.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_arrow_page(const pgai_page *page,
                                                    struct ArrowArray *out,
                                                    pgai_error *error);

/** Contacts of any origin as one array, like pgai_arrow_page().
 *
 * @param contacts Borrowed until it returns; NULL only if @p count is 0.
 * @param count    How many.
 */
PGAI_API PGAI_NODISCARD pgai_status
pgai_arrow_contacts(const pgai_contact *const *contacts, size_t count,
                    struct ArrowArray *out, pgai_error *error);

PGAI_END_DECLS

#endif
