#ifndef PGAI_CONTACT_H
#define PGAI_CONTACT_H

#include <stddef.h>

#include <pgai/api.h>
#include <pgai/error.h>
#include <pgai/status.h>
#include <pgai/text.h>

PGAI_BEGIN_DECLS

/** @file
 * A contact and its fields.
 */

/** The documented fields of a contact.
 *
 * X(NAME, number, name, LISTED or DETAIL, WRITABLE or READONLY): the enumerator PGAI_NAME
 * and its number; whether items of a list carry the field, and whether create accepts it.
 * This table is the only list of fields: enums, decoding, request bodies, bindings and
 * the sandbox's records come from it.
 *
 * Numbers are part of the ABI and never change. They go from 0 on without a gap, so a new
 * field has the next one. It stands where the service sends it: the order of the table is
 * that in which fields are expected, and has no other meaning.
 */
#define PGAI_FIELD_LIST(X)                                                               \
    X(ID, 0, id, LISTED, READONLY)                                                       \
    X(FIRST_NAME, 1, first_name, LISTED, WRITABLE)                                       \
    X(LAST_NAME, 2, last_name, LISTED, WRITABLE)                                         \
    X(EMAIL, 3, email, LISTED, WRITABLE)                                                 \
    X(JOB_TITLE, 4, job_title, LISTED, WRITABLE)                                         \
    X(COMPANY, 5, company, LISTED, WRITABLE)                                             \
    X(LINKEDIN_URL, 6, linkedin_url, LISTED, WRITABLE)                                   \
    X(LOCATION, 7, location, DETAIL, WRITABLE)                                           \
    X(PHONE, 8, phone, DETAIL, WRITABLE)                                                 \
    X(CREATED_AT, 9, created_at, DETAIL, READONLY)                                       \
    X(UPDATED_AT, 10, updated_at, DETAIL, READONLY)

/** A documented field: PGAI_ID, PGAI_FIRST_NAME and so on, see #PGAI_FIELD_LIST.
 *
 * A library that is newer than this header has fields at PGAI_FIELD_COUNT and above.
 */
typedef enum pgai_field {
    PGAI_FIELD_NONE = -1, /**< no field */
#define X(upper, number, lower, listed, writable) PGAI_##upper = (number),
    PGAI_FIELD_LIST(X)
#undef X
#define X(upper, number, lower, listed, writable) +1
        PGAI_FIELD_COUNT = 0 PGAI_FIELD_LIST(X) /**< how many this header knows */
#undef X
} pgai_field;

/** How a documented field stands in a contact. */
typedef enum pgai_presence {
    PGAI_PRESENCE_ABSENT, /**< the service did not send it */
    PGAI_PRESENCE_NULL,   /**< JSON null */
    PGAI_PRESENCE_TEXT,   /**< pgai_contact_text() has it */
    PGAI_PRESENCE_OTHER   /**< any other JSON value: pgai_contact_value() has it */
} pgai_presence;

/** One contact, as the service sent it; immutable. */
typedef struct pgai_contact pgai_contact;

/** The name of a field, such as "first_name"; NULL when @p field is not one. Static. */
PGAI_API const char *pgai_field_name(pgai_field field);

/** The field of that name, PGAI_FIELD_NONE when there is none. It may be newer than this
 * header: it can be read like any other, but is no index of an array of PGAI_FIELD_COUNT.
 */
PGAI_API pgai_field pgai_field_find(pgai_text name);

/** The text of a field, unescaped; data is NULL when the field is absent, null or not
 * text.
 *
 * Borrowed: valid until the contact, or the page it belongs to, is freed. Not
 * NUL-terminated. An escaped lone surrogate, which is not a character, becomes U+FFFD.
 */
PGAI_API pgai_text pgai_contact_text(const pgai_contact *contact, pgai_field field);

/** Whether a field is absent, null, text or something else. */
PGAI_API pgai_presence pgai_contact_presence(const pgai_contact *contact,
                                             pgai_field field);

/** The exact JSON text of a field that is neither text nor null, such as `{"name": "X"}`;
 * data is NULL otherwise. Borrowed like pgai_contact_text(). */
PGAI_API pgai_text pgai_contact_value(const pgai_contact *contact, pgai_field field);

/** The exact JSON text of the whole contact object, as received. Borrowed like
 * pgai_contact_text(). */
PGAI_API pgai_text pgai_contact_json(const pgai_contact *contact);

/** How many undocumented fields the contact has. A name that came twice counts once; its
 * last value is kept. Fields that a newer library documents are no longer among them: ask
 * pgai_field_find() for the name first. */
PGAI_API size_t pgai_contact_extra_count(const pgai_contact *contact);

/** Undocumented field number @p index, in the order received.
 *
 * @param[out] name  Unescaped; may be NULL.
 * @param[out] value Exact JSON text; may be NULL.
 * Both are borrowed like pgai_contact_text(), and have data NULL when @p index is not
 * below pgai_contact_extra_count().
 */
PGAI_API void pgai_contact_extra(const pgai_contact *contact, size_t index,
                                 pgai_text *name, pgai_text *value);

/** How a contact lies in memory: what the functions above tell field by field, in one
 * call. It is for programs that keep contacts in a form of their own, such as bindings.
 */
typedef struct pgai_contact_layout {
    size_t struct_size; /**< set by its _INIT */
    pgai_text json;     /**< pgai_contact_json() */
    size_t extra_count; /**< pgai_contact_extra_count() */
    int in_order;       /**< 1: documented fields came once each, in the order of
                             #PGAI_FIELD_LIST; 0: they did not */
    size_t field_count; /**< of both arrays: how many fields the library knows */
    const unsigned char *presence; /**< by number: a #pgai_presence */
    /** By number; not set where the field is absent. Text is that of pgai_contact_text():
     * a part of `json` if it came without an escape, otherwise somewhere else. All else,
     * null included, is its exact text, a part of `json`. */
    const pgai_text *values;
} pgai_contact_layout;

/** Initialises pgai_contact_layout. */
#define PGAI_CONTACT_LAYOUT_INIT                                                         \
    {                                                                                    \
        sizeof(pgai_contact_layout), {NULL, 0}, 0, 0, 0, NULL, NULL                      \
    }

/** Fill in @p out, started with its _INIT. It borrows all from the contact, like
 * pgai_contact_text(). Of NULL as @p contact, it has no fields and no text. */
PGAI_API void
pgai_contact_layout_read(const pgai_contact *contact, pgai_contact_layout *out);

/** Read a contact again from its own text, that of pgai_contact_json(): any JSON object,
 * even one without a documented field. No call is made.
 *
 * @param json     UTF-8, at most 8 MiB; copied.
 * @param[out] out Owned by the caller, pgai_contact_free(); NULL on failure.
 * @param[out] error Filled on failure, untouched on success; may be NULL.
 * @return PGAI_OK; PGAI_DECODE: it is not a JSON object, or is nested deeper than 64
 *         levels; PGAI_TOO_LARGE; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_contact_parse(pgai_text json, pgai_contact **out,
                                                       pgai_error *error);

/** Read a contact from the body of a response to get or create that was kept: an object
 * with a documented field, bare or under `data`. Otherwise as pgai_contact_parse(). */
PGAI_API PGAI_NODISCARD pgai_status pgai_contact_parse_body(pgai_text body,
                                                            pgai_contact **out,
                                                            pgai_error *error);

/** Free a contact that get, create or pgai_contact_parse() returned; NULL is allowed.
 * Contacts of a page belong to the page: free the page. */
PGAI_API void pgai_contact_free(pgai_contact *contact);

PGAI_END_DECLS

#endif
