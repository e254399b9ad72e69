#ifndef PGAI_PROTOCOL_ERROR_H
#define PGAI_PROTOCOL_ERROR_H

#include <stdbool.h>

#include <pgai/error.h>
#include <pgai/text.h>

/** An error without a failure in it. */
void pgaii_error_init(pgai_error *error);

/** Write a failure, replacing what stood in @p error, which may be NULL, as far as its
 * struct_size goes.
 *
 * Too long a message is cut at a character. @return @p status.
 */
pgai_status pgaii_fail(pgai_error *error, pgai_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** pgaii_fail() for lack of memory. */
pgai_status pgaii_fail_memory(pgai_error *error);

/** Add "; WORDS" to the message of an error that was filled: what to check next. What
 * does not fit is left out as a whole. */
void pgaii_error_advise(pgai_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Copy text from outside into a fixed field, cut at a character, each occurrence of the
 * key replaced by "[key]" and each control byte by a blank. @p key NULL: nothing to hide.
 */
bool pgaii_error_text(char *out, size_t size, pgai_text text, const char *key);

/** Copy a failure to a caller's error, which may be NULL, as far as its struct_size goes.
 * @return its status. */
pgai_status pgaii_error_copy(pgai_error *out, const pgai_error *error);

/** Put the response of a failure where the caller wants it; else free it.
 *
 * @param out      After the failure was copied to it; may be NULL.
 * @param response Taken over; NULL: there was none.
 */
void pgaii_error_put_response(pgai_error *out, pgai_response *response);

#endif
