#ifndef PGAI_PROTOCOL_BUFFER_H
#define PGAI_PROTOCOL_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** Bytes that grow, up to a maximum that is set when the buffer is made.
 *
 * @c data is NUL-terminated whenever it is not NULL. A failed append sets @c failed,
 * frees the bytes, and makes all later appends fail too, so that a row of appends needs
 * one check.
 */
typedef struct pgaii_buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum; /**< most bytes, the NUL not counted */
    bool failed;
    bool over; /**< it failed because of the maximum, not for lack of memory */
} pgaii_buffer;

/** An empty buffer; allocates nothing. */
void pgaii_buffer_init(pgaii_buffer *buffer, size_t maximum);

/** Append @p length bytes. */
bool pgaii_buffer_add(pgaii_buffer *buffer, const void *data, size_t length);

/** Append NUL-terminated text; inline for literals. */
static inline bool pgaii_buffer_add_string(pgaii_buffer *buffer, const char *text)
{
    return pgaii_buffer_add(buffer, text, strlen(text));
}

/** Append what printf() would write. */
bool pgaii_buffer_printf(pgaii_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Make room for @p length bytes in all, so that appends up to there do not allocate. */
bool pgaii_buffer_reserve(pgaii_buffer *buffer, size_t length);

/** Hand over the bytes, to be freed with free(), and leave the buffer empty with the same
 * maximum; NULL when nothing was ever appended. */
char *pgaii_buffer_take(pgaii_buffer *buffer);

/** Empty the buffer, keeping its memory, and forget a failure. */
void pgaii_buffer_reset(pgaii_buffer *buffer);

/** Free the bytes; the buffer is then as after init. */
void pgaii_buffer_clear(pgaii_buffer *buffer);

#endif
