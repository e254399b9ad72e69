#ifndef PGAI_WRITER_H
#define PGAI_WRITER_H

#include <stddef.h>

#include <pgai/api.h>
#include <pgai/contact.h>
#include <pgai/error.h>
#include <pgai/page.h>
#include <pgai/status.h>
#include <pgai/text.h>

PGAI_BEGIN_DECLS

/** @file
 * Contacts as text: JSON lines, or CSV.
 */

/** What a writer writes; all of it is UTF-8. */
typedef enum pgai_format {
    /** JSON lines: each contact is one line, which ends with LF: its JSON text, to the
     * byte as the service sent it. If that has line breaks, it is written without any
     * blanks between its parts. */
    PGAI_NDJSON,
    /** CSV by RFC 4180: each contact is a row, which ends with CR LF. A cell is quoted
     * only if it has a comma, a quote, CR or LF. */
    PGAI_CSV
} pgai_format;

/** How to write; start from PGAI_WRITER_OPTIONS_INIT. */
typedef struct pgai_writer_options {
    size_t struct_size; /**< set by its _INIT */
    pgai_format format; /**< what to write */
    /** Of CSV, in this order, each once: 1 to 1,000 names of fields, UTF-8 and not empty,
     * documented or not; a field that no contact has is an empty column. "extra" is a
     * JSON object of all fields that are neither documented nor columns of their own.
     * NULL: all documented fields, in the order of #PGAI_FIELD_LIST. Copied. */
    const char *const *columns;
    size_t column_count; /**< how many names `columns` has, if it is not NULL */
    /** Of CSV: 1: put a `'` before text that begins with = + - @, a tab, CR or LF, which
     * a spreadsheet might take for a formula. The text is another one then, also that of
     * phone numbers. */
    int escape_formulas;
} pgai_writer_options;

/** The start of each pgai_writer_options: CSV with all documented fields. */
#define PGAI_WRITER_OPTIONS_INIT                                                         \
    {                                                                                    \
        sizeof(pgai_writer_options), PGAI_CSV, NULL, 0, 0                                \
    }

/** Writes contacts into memory of its own, which it uses again. One thread at a time. */
typedef struct pgai_writer pgai_writer;

/** Make a writer.
 *
 * @param options  NULL: as after PGAI_WRITER_OPTIONS_INIT.
 * @param[out] out Owned by the caller, pgai_writer_free(); NULL on failure.
 * @param[out] error Filled on failure, untouched on success; may be NULL.
 * @return PGAI_OK; PGAI_USAGE: the message names what is wrong; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_writer_new(const pgai_writer_options *options,
                                                    pgai_writer **out, pgai_error *error);

/** Add the row with the names of the columns; nothing for JSON lines. */
PGAI_API void pgai_writer_header(pgai_writer *writer);

/** Add a contact; NULL adds nothing.
 *
 * A cell is the text of the field, unescaped; the exact JSON text of a value that is not
 * text; and empty for null and for a field that the contact does not have. Where a
 * contact's only cell is empty, it is written as `""`, since an empty line is no row. An
 * escaped lone surrogate becomes U+FFFD in CSV.
 */
PGAI_API void pgai_writer_contact(pgai_writer *writer, const pgai_contact *contact);

/** Add all contacts of a page. */
PGAI_API void pgai_writer_page(pgai_writer *writer, const pgai_page *page);

/** Add a contact from text that was kept: from pgai_contact_json(), to the byte. JSON
 * lines do not read it again, so that another text would make lines that are not JSON.
 *
 * @return PGAI_OK; PGAI_DECODE: it is not a JSON object, or has more than 100,000 unknown
 * fields, and can be no row; PGAI_NO_MEMORY. On failure nothing was added, and what was
 * added before stays.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_writer_json(pgai_writer *writer, pgai_text json,
                                                     pgai_error *error);

/** What was added since it was last asked for. The writer is then as new, whatever the
 * outcome.
 *
 * @param[out] out Valid until the writer is used again, or freed. Its data is NULL only
 * on failure.
 * @return PGAI_OK; PGAI_NO_MEMORY: some of it had no room, and all of it is lost.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_writer_take(pgai_writer *writer, pgai_text *out,
                                                     pgai_error *error);

/** Free a writer and its text; NULL is allowed. */
PGAI_API void pgai_writer_free(pgai_writer *writer);

PGAI_END_DECLS

#endif
